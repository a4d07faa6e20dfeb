// The loss sampled on grids: where the search for its minima starts.
#pragma once

#include "model/minima.h"

namespace lowland
{
/// The longest side of the region's box.
double width(const SearchRegion &region, unsigned int dimension);

/// The lowest points of a uniform grid, and of coarser ones in ever smaller boxes around the centre and the origin,
/// down to a width of 1: from each of them one search.
std::vector<Coordinates> starts_in(const Landscape &landscape, const SearchRegion &region);
} // namespace lowland
