// Where the loss is smallest.
#pragma once

#include "model/search/search_region.h"

#include <vector>

namespace lowland
{
/// A local minimum of f.
struct Minimum
{
  Coordinates point{};
  double loss = 0;
  std::array<double, 3> curvatures{}; ///< eigenvalues of the Hessian, ascending, d of them
};

/// The local minima of f in the region, lowest loss first; of a connected set of minimisers (a ring, a valley) one or a
/// few representatives, where f is constant the middle. Finds minima by bound-constrained Newton (PETSc TAO), and by BFGS
/// where that stops at kinks, from each point of a grid with no lower neighbour, in wide regions also of grids graded
/// towards the centre and the origin: first within a few cells of the grid, so that no well that the grid resolves is
/// lost to a deeper one, and then in the whole box. Also searches the boundary's patches; a minimum on the boundary
/// counts. PETSc must be initialised. Every rank does the same work and finds the same.
std::vector<Minimum> find_minima(const Landscape &landscape, const SearchRegion &region);
/// Whether the smallest curvature does not exceed 1e-6 of the largest one's size: so along a connected set of minimisers,
/// where f rises more slowly than quadratically, and at a minimum on the boundary that only the boundary makes one.
bool is_degenerate(const Minimum &minimum, unsigned int dimension);
/// But for roundings.
bool same_loss(const Minimum &a, const Minimum &b);
} // namespace lowland
