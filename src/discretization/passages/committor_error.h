// How far the mesh is from resolving the chain between wells.
#pragma once

#include "discretization/adaptation/error_estimator.h"
#include "discretization/passages/harmonic_functions.h"

namespace lowland
{
struct CommittorErrors
{
  CellErrors cells;               ///< of the answers, relative
  WellChain::Matrix conductances; ///< of C_ij, i > j
  double masses = 0;              ///< of all m_i, relative
};

/// The estimated relative error of answers, cell by cell, and what it is made of. With e_i the error of grad h_i on a
/// cell, by the decay of h_i from one polynomial degree to the next, it is
///
///   sum_{i>j} W_ij (|e_i| |e_j| + their quadrature's error)  +  sum_i quadrature of pi h_i / m_i
///
/// and on cells that the rim of a set cuts |grad h_i| |grad h_j| / degree instead, |.| the norm of
/// int w D: nodes follow the rim to the distance between two nodes. `weights`: W_ij for i > j, by how much the answers
/// move, relatively, with C_ij. Collective.
template <int dim>
CommittorErrors
committor_errors(const DensitySpace<dim> &space, const Model &model, const std::vector<Well> &wells,
                 const HarmonicFunctions<dim> &functions, const WellChain::Matrix &weights);
} // namespace lowland
