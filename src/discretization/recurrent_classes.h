// Where the process can go: cells between which noise or drift can carry it.
#pragma once

#include "discretization/density_space.h"
#include "model/model.h"

namespace lowland
{
/// The number of recurrent classes: sets of cells that the process can wander through but not leave.
///
/// A cell leads to a neighbour where noise crosses the common face (n.D n > 0 at its centre) or the
/// drift -b of the density points through it. Classes are the strongly connected components (Boost.Graph)
/// that nothing leads out of. More than one means that the invariant density is not unique. Collective.
template <int dim>
unsigned int n_recurrent_classes(const Mesh<dim> &mesh, const Model &model);
} // namespace lowland
