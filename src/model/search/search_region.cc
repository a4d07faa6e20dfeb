#include "model/search/search_region.h"

#include <algorithm>
#include <cmath>

namespace lowland
{
double resolution(const Coordinates &point, const Box &region, unsigned int dimension)
{
  return 1e-4 * std::min(1 + norm(point), width(region, dimension));
}

Coordinates without_roundings(Coordinates point, const Box &region, unsigned int dimension)
{
  const double smallest = 1e-12 * resolution(point, region, dimension);
  for (double &x : point)
    x = std::fabs(x) < smallest ? 0 : x;
  return point;
}

Coordinates brought_back(Coordinates point, const SearchRegion &region)
{
  for (unsigned int i = 0; i < 3; ++i)
  {
    const double lower = region.lower[i], upper = region.upper[i];
    if (region.periodic[i])
      point[i] -= (upper - lower) * std::floor((point[i] - lower) / (upper - lower));
    point[i] = std::clamp(point[i], lower, upper);
  }
  return point;
}

double shortest_way(const Coordinates &a, const Coordinates &b, const SearchRegion &region)
{
  Coordinates way = along(a, -1, b);
  for (unsigned int i = 0; i < 3; ++i)
    if (region.periodic[i])
      way[i] = std::remainder(way[i], region.upper[i] - region.lower[i]);
  return norm(way);
}

Coordinates entry_point(const SearchRegion &region, const Coordinates &outside,
                        const Coordinates &inside)
{
  double out = 0, in = 1;
  const Coordinates way = along(inside, -1, outside);
  for (unsigned int halving = 0; halving < 40; ++halving)
    (region.contains(along(outside, (out + in) / 2, way)) ? in : out) = (out + in) / 2;
  return along(outside, in, way);
}
} // namespace lowland
