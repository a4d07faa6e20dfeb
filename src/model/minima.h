// Where the loss is smallest, and whether f^-p can be integrated there and at infinity.
#pragma once

#include "model/landscape.h"

#include <functional>
#include <optional>

namespace lowland
{
/// A bounded part of parameter space in which to search: a box, perhaps cut by a predicate.
struct SearchRegion
{
  Coordinates lower{}, upper{};
  std::function<bool(const Coordinates &)> contains; ///< empty: the whole box
};

/// A local minimum of f.
struct Minimum
{
  Coordinates point{};
  double loss = 0;
  std::array<double, 3> curvatures{}; ///< eigenvalues of the Hessian, ascending, d of them
};

/// The local minima of f in the region, lowest loss first; of a connected set of minimisers
/// (a ring, a valley) one or a few representatives. Finds minima by bound-constrained Newton
/// (PETSc TAO) from a grid of starts; a minimum on the region's boundary counts.
std::vector<Minimum> find_minima(const Landscape &landscape, const SearchRegion &region);

/// The negative log of an unnormalised density, as a function of the loss: V = potential(f).
using Potential = std::function<double(double)>;

/// Why exp(-V) has infinite mass near a point.
struct Divergence
{
  Coordinates point{};
  std::string reason; ///< one sentence: codimension and exponent, or what the shells showed
};

/// Whether exp(-V(f)) is integrable around a minimum: integrates over shrinking shells in the
/// directions normal to the set of minimisers and applies Raabe's test to the shells' masses.
std::optional<Divergence> divergence_at(const Landscape &landscape, const Potential &potential,
                                        const Minimum &minimum);

/// The smallest box (one per axis and side) around `centre` that leaves out at most `mass` of
/// exp(-V(f)) / int exp(-V(f)); empty if exp(-V) is not integrable at infinity. Integrates in
/// directions times log-radius.
struct Box
{
  Coordinates lower{}, upper{};
};
std::optional<Box> box_holding(const Landscape &landscape, const Potential &potential,
                               const Coordinates &centre, double mass);
} // namespace lowland
