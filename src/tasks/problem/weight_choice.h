// Which reference weight suits a problem, and why: a wrong one fails silently.
//
// w = pi/max(pi) makes the equilibrium exact and the form symmetric. Where pi underflows it needs a floor.
// Where the start lies far out in pi's tails, u = rho/w grows like exp(V) along the way to the minima,
// and the plain density w = 1 is better resolved.
#pragma once

#include "model/initial_density.h"
#include "model/search/minima.h"

namespace lowland
{
/// Where the mass of pi lies along the radius of K parameters: around a shell, far above the minimum for large K.
struct Shell
{
  double potential = 0; ///< V - V_min where r^(K-1) pi is largest
  /// The logarithm of that largest r^(K-1) pi/max(pi) over the largest r^(K-1): at most 0.
  double log_share = 0;
};

/// Sampled; without a radial dimension {0, 0}. Needs a bounded invariant density.
Shell shell_of(const Model &model, const SearchRegion &region);

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
