// The lengths over which densities vary: what a mesh has to resolve.
#pragma once

#include "model/domain/domain.h"
#include "model/model.h"
#include "model/search/minima.h"

namespace lowland
{
/// Along each axis, the geometric mean of the lengths over which the start and the invariant density vary, the latter at
/// all the lowest minima; the width of the domain where neither is known. Throws InputError where a box is so much wider
/// that no mesh resolves both.
Coordinates length_scales(const Parameters &parameters, const Model &model, const Domain &domain,
                          const InitialDensity &start, const std::vector<Minimum> &minima);
} // namespace lowland
