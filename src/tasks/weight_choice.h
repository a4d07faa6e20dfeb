// Which reference weight suits a problem, and why: a wrong one fails silently.
//
// w = pi/max(pi) makes the equilibrium exact and the form symmetric. Where pi underflows it needs a floor.
// Where the start lies far out in pi's tails, u = rho/w grows like exp(V) along the way to the minima,
// and the plain density w = 1 is better resolved.
#pragma once

#include "model/initial_density.h"
#include "model/minima.h"

namespace lowland
{
/// A weight and the reason for it, in words for the user.
struct WeightChoice
{
  ReferenceWeight weight;
  std::string reason;
};

/// From `Reference weight` and `Reference floor`; `auto` is decided by how V grows towards the rim of
/// the region and by V where the start is. Throws InputError where the wish cannot be fulfilled.
WeightChoice choose_weight(const Parameters &parameters, const Model &model,
                           const SearchRegion &region, const std::vector<Minimum> &minima,
                           const InitialDensity &start);
} // namespace lowland
