// How far the mesh is from resolving the chain between wells.
#pragma once

#include "discretization/error_estimator.h"
#include "discretization/harmonic_functions.h"

namespace lowland
{
/// The estimated relative error of rates, cell by cell. With e_i the error of grad h_i on a cell, by
/// the decay of h_i from one polynomial degree to the next, it is
///
///   sum_{i<j} (|e_i| |e_j| + their quadrature's error) / capacity(i, j)  +  sum_i quadrature of pi h_i / m_i
///
/// and on cells that the rim of a set cuts |grad h_i| |grad h_j| / degree instead, |.| the norm of
/// int w D: nodes follow the rim to the distance between two nodes. A capacity moves by at most 1/capacity
/// times a change of any conductance, which is why it stands below.
template <int dim>
CellErrors committor_errors(const DensitySpace<dim> &space, const Model &model,
                            const std::vector<Well> &wells,
                            const HarmonicFunctions<dim> &functions);
} // namespace lowland
