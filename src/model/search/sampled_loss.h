// The loss sampled on grids: where the search for its minima starts.
#pragma once

#include "model/search/search_region.h"

namespace lowland
{
/// A point of a grid with no lower neighbour.
struct SearchStart
{
  Coordinates point{};
  Box cells; ///< around it: in one dimension they hold a minimum; they may reach beyond the region
};

struct SearchStarts
{
  std::vector<SearchStart> starts;
  bool is_constant; ///< the loss is the same on all of the uniform grid
};

/// The lowest points of a uniform grid, and of coarser ones in ever smaller boxes around the centre and the origin,
/// down to a width of 1: from each of them one search.
SearchStarts starts_in(const Landscape &landscape, const SearchRegion &region);
} // namespace lowland
