// The bounded part of parameter space that a search looks at, and its geometry.
#pragma once

#include "model/search/boundary.h"

#include <functional>
#include <vector>

namespace lowland
{
/// A bounded part of parameter space in which to search: a box, perhaps cut.
struct SearchRegion : Box
{
  std::function<bool(const Coordinates &)> contains{}; ///< empty: the whole box
  std::vector<BoundaryPatch> boundary{};               ///< where `contains` cuts
  std::array<bool, 3> periodic{};                      ///< axes whose ends are the same place
};

/// Length over which a minimum is told from its surroundings.
double resolution(const Coordinates &point, const Box &region, unsigned int dimension);
/// Zero where a coordinate is nothing but a rounding beside the resolution.
Coordinates without_roundings(Coordinates point, const Box &region, unsigned int dimension);

/// The point itself, on the other side of a periodic axis, or the nearest one in the box.
Coordinates brought_back(Coordinates point, const SearchRegion &region);
/// The distance of two points, around a periodic axis if that is shorter.
double shortest_way(const Coordinates &a, const Coordinates &b, const SearchRegion &region);
/// Where the way from a point outside to one inside enters a region that `contains` cuts.
Coordinates entry_point(const SearchRegion &region, const Coordinates &outside,
                        const Coordinates &inside);
} // namespace lowland
