// How the mass is shared out among the basins of attraction.
#pragma once

#include "discretization/density_space.h"
#include "model/basins.h"
#include "model/model.h"

namespace lowland
{
/// int_{B_k} rho dmu over the basin B_k of each minimum, rho = w u. Cells whose corners and centre lie in
/// one basin are counted whole, the others by quadrature point. What is in no basin is missing from the
/// sum. Collective.
template <int dim>
std::vector<double> basin_masses(const DensitySpace<dim> &space, const Model &model,
                                 const PETScVector &u, const Basins &basins);
} // namespace lowland
