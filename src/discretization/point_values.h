// Finite-element functions at points, and points of the mesh.
#pragma once

#include "discretization/density_space.h"

namespace lowland
{
/// u at a point of the domain, the same on all ranks.
template <int dim>
double value_at(const DensitySpace<dim> &space, const PETScVector &u, const Coordinates &point);

/// The nodes of a continuous `space` on walls that absorb and in the region that does, those this rank knows.
template <int dim>
std::vector<Coordinates> exit_points(const DensitySpace<dim> &space);
} // namespace lowland
