// The coarse level of multigrid: continuous piecewise linear functions on the mesh itself.
//
// They contain the constants, the near-kernel of the operator, and what couples distant cells: with
// them the number of iterations does not grow with the mesh (multigrid in the degree, Ronquist and
// Patera, J. Sci. Comput. 2 (1987) 389).
#pragma once

#include "discretization/space/density_space.h"

namespace lowland
{
/// Interpolates such functions into the unknowns v = u / scale of `space`: one column for each
/// vertex that no constraint binds, zero rows where the unknowns of `space` are bound.
template <int dim>
std::unique_ptr<PETScMatrix> linear_interpolation(const DensitySpace<dim> &space,
                                                  const PETScVector &scale);
} // namespace lowland
