// Which linear solver serves a space: factors or iterations.
#pragma once

#include "discretization/algebra/solver_settings.h"
#include "discretization/space/density_space.h"

namespace lowland
{
/// Up to so many unknowns three-dimensional problems are solved directly where iterations are slow, as for a nearly
/// singular matrix, or fail: the factors fit into 4 GiB.
constexpr std::size_t most_unknowns_factorized = 150000;

/// Direct in 1D and 2D; in 3D with more than so many unknowns iterative, to a residual that no number of ranks can
/// be seen through.
template <int dim>
SolverSettings solver_settings(const DensitySpace<dim> &space,
                               std::size_t most_unknowns_directly = 0);
} // namespace lowland
