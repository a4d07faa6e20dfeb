// Where the process can go: cells between which noise or drift can carry it.
#pragma once

#include "discretization/space/density_space.h"
#include "model/model.h"

namespace lowland
{
/// How many sets of cells there are that the process can wander through but not leave.
///
/// A cell leads to a neighbour where noise crosses the common face (n.D n > 0 at its centre) or the
/// drift -b of the density points through it. Classes are the strongly connected components (Boost.Graph)
/// that nothing leads out of. Where drift alone leads onto a face from both sides, mass collects on the
/// face itself: the cells beside it are apart, though the process has one class there and not two.
struct RecurrentClasses
{
  unsigned int of_process; ///< more than one: the invariant measure is not unique
  unsigned int of_cells;   ///< more than those: it is concentrated on faces, and no density
};

/// Collective.
template <int dim>
RecurrentClasses recurrent_classes(const Mesh<dim> &mesh, const Model &model);
} // namespace lowland
