// The size of the probability current J = -w (D grad u + u g).
#pragma once

#include "discretization/space/density_space.h"
#include "model/model.h"

namespace lowland
{
/// int |J| dmu, a mean speed (length/time). Zero for the invariant density in detailed balance. Collective.
template <int dim>
double current_size(const DensitySpace<dim> &space, const Model &model, const PETScVector &u);

/// int |J - J'| dmu of two densities on one mesh. Collective.
template <int dim>
double current_distance(const DensitySpace<dim> &space, const PETScVector &u,
                        const DensitySpace<dim> &other_space, const PETScVector &other_u,
                        const Model &model);
} // namespace lowland
