// Whether exp(-V(f)) can be integrated near a minimum (integrability_at_minima.cc) and at infinity
// (integrability_at_infinity.cc).
#pragma once

#include "model/search/minima.h"

#include <functional>
#include <optional>
#include <string>

namespace lowland
{
/// The negative log of an unnormalised density, as a function of the loss: V = potential(f).
using Potential = std::function<double(double)>;

/// Why exp(-V) has infinite mass near a point.
struct Divergence
{
  Coordinates point{};
  std::string reason; ///< one sentence: codimension and exponent, or what the shells showed
  /// Whether -grad f leads there in finite time: f ~ r^q with q < 2 at a distance r along some direction. Then a part of
  /// the mass stands still there, which no density describes; for q >= 2 it only comes near.
  bool in_finite_time = false;
};

/// Whether exp(-V(f)) is integrable around a minimum: integrates over shrinking shells in the
/// directions normal to the set of minimisers and applies Raabe's test to the shells' masses. Where
/// f is quadratic in all of them the codimension q decides: f^-p is integrable if and only if 2p <
/// q. Where f is 0 on a whole ball it always diverges. Never diverges where V is finite, i.e. for V(0)
/// finite or f > 0 at the minimum, above 1e-13 of f nearby and what roundings of the coordinates make
/// of it. Zero sets more curved than f is wide, (x-y^2)^2 + y^6 say, are beyond it.
std::optional<Divergence> divergence_at(const Landscape &landscape, const Potential &potential,
                                        const Minimum &minimum);

/// The smallest box (each side of each axis by itself) around `centre` that leaves out at most
/// `mass` of exp(-V(f)) / int exp(-V(f)); empty if exp(-V) is not integrable at infinity, or needs
/// distances above 1e12. Integrates in directions times log-radius, around `centre` and around the
/// lowest minima, in two dimensions also along valleys that narrow between those directions: where
/// roundings hide a valley before the mass beyond it is left out, the answer is empty as well. In
/// three dimensions such valleys are not followed. Where divergence_at() finds a divergence the
/// answer means nothing: ask it first.
std::optional<Box> box_holding(const Landscape &landscape, const Potential &potential,
                               const Coordinates &centre, double mass);
} // namespace lowland
