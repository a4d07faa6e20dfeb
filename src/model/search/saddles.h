// The passes between minima: critical points of the loss with one descending direction.
#pragma once

#include "model/search/local_quadratic.h"
#include "model/search/search_region.h"

namespace lowland
{
/// A critical point whose Hessian has one negative eigenvalue, and the minima to which steepest descent
/// leads from its two sides.
struct Saddle
{
  Coordinates point{};
  LocalQuadratic loss; ///< f and its curvatures there, the negative one first
  std::size_t from = 0, to = 0;
};

/// The saddles in the region that lie between two different `minima`, lowest first. Newton's method
/// (PETSc SNES) on grad f = 0 from the highest points of the segments between minima and from a grid
/// around them; not all saddles need be found. Every rank does the same work and finds the same.
std::vector<Saddle> find_saddles(const Landscape &landscape, const SearchRegion &region,
                                 const std::vector<Coordinates> &minima);

/// A loss at which `points` surely are connected below it, by saddles or by straight segments: the
/// largest edge of their minimal spanning tree.
double connecting_loss(const Landscape &landscape, const std::vector<Coordinates> &points,
                       const std::vector<Saddle> &saddles);
} // namespace lowland
