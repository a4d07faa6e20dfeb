// The reactive paths from one set to others as fields, for ParaView.
#pragma once

#include "discretization/passages/harmonic_functions.h"

#include <string>

namespace lowland
{
/// In detailed balance. Writes the committor q = sum_k g_k h_k, the probability current of reactive paths
/// J = pi D grad q with int pi = 1 (always three components), the loss and pi to one VTU file. Through a surface
/// between the sets flows the number of passages per time. `coefficients`: g_k.
/// `normalisation`: int pi/max(pi). `accuracy`: of q, pi and J in the file, as in write_vtu. Collective; throws
/// OutputError.
template <int dim>
void write_reactive_fields(const DensitySpace<dim> &space, const Model &model,
                           const HarmonicFunctions<dim> &functions,
                           const std::vector<double> &coefficients, double normalisation,
                           double accuracy, const std::string &file);

/// In general: from the committor q, the invariant density w u of mass 1 and its part w u_a that was last in
/// the set that is left (ReactivePaths::last_in). Beside the same fields the backward committor u_a/u, and
///
///   J = q J[w u_a] + w u_a D grad q,   J[rho] = -(rho b + D grad rho)
///
/// (E and Vanden-Eijnden 2006, "Towards a theory of transition paths"). Collective; throws OutputError.
template <int dim>
void write_reactive_fields(const DensitySpace<dim> &space, const Model &model,
                           const PETScVector &committor, const PETScVector &u,
                           const PETScVector &u_a, double accuracy, const std::string &file);
} // namespace lowland
