// The sets around minima between which escape is measured.
#pragma once

#include "model/domain/domain.h"
#include "model/model.h"
#include "model/search/local_quadratic.h"

namespace lowland
{
/// A point and the set around it,
///   (x - x_a)^T H (x - x_a) <= 2 r T_a,   T_a = tr D(x_a) / d
/// with the Hessian H of f at x_a: r thermal energies deep. T_a is eta sigma for isotropic noise and
/// eta sigma f_a for loss-scaled noise. In one dimension the set is the point itself, but at a minimum at r = 0
/// of K > 1 parameters, a point that paths never hit: there it is the ball.
struct Well
{
  unsigned int dimension = 1;
  Coordinates point{};    ///< x_a
  LocalQuadratic loss;    ///< f(x_a) and H
  double temperature = 0; ///< T_a
  double level = 0;       ///< 2 r T_a; 0: only the point
  /// Where the well is pinned that is to be left free: x_a, but at r = 0 of K > 1 parameters, which paths hardly ever
  /// visit, the point above it where r^(K-1) pi is largest.
  Coordinates anchor{};

  bool is_ball() const { return dimension == 1 && level > 0; }
  bool contains(const Coordinates &x) const;
  /// Half of the shortest axis of the ellipsoid.
  double smallest_radius() const;
};

/// The well around a point of the domain.
Well well_at(const Model &model, const Coordinates &point, double radius);

/// The mean time from the middle of a ball to its rim, in detailed balance:
/// int_0^R int_0^r (s/r)^(K-1) exp(V(r) - V(s)) / D(r) ds dr.
double time_to_rim(const Model &model, const Well &ball);

/// Whether the sets of two wells have a point in common.
bool overlap(const Well &a, const Well &b);
} // namespace lowland
