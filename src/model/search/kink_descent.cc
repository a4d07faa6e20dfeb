#include "model/search/kink_descent.h"

#include "model/equilibrium/shells.h"
#include "model/search/point_vector.h"

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
/// f in a box, infinite outside and where it is not a number.
struct BoxedLoss
{
  const Landscape &landscape;
  const Box &box;

  double value(const Coordinates &point) const
  {
    for (unsigned int i = 0; i < dimension(); ++i)
      if (!(point[i] >= box.lower[i] && point[i] <= box.upper[i]))
        return INFINITY;
    return finite_or(landscape.value(point), INFINITY);
  }
  Coordinates gradient(const Coordinates &point) const { return gradient_at(landscape, point); }
  unsigned int dimension() const { return landscape.dimension(); }
};

/// Whether the slope of f, but for what points out of the box, is not small beside its changes nearby.
bool is_steep(const BoxedLoss &loss, const Coordinates &point, double step)
{
  const Coordinates gradient = loss.gradient(point);
  double slope = 0, change = 0;
  for (unsigned int i = 0; i < loss.dimension(); ++i)
  {
    const bool is_free =
        gradient[i] < 0 ? point[i] < loss.box.upper[i] : point[i] > loss.box.lower[i];
    slope = std::max(slope, is_free ? std::fabs(gradient[i]) : 0);
    for (const double side : {-step, step})
      change = std::max(change, std::fabs(loss.landscape.value(along(point, side, axis(i))) -
                                          loss.landscape.value(point)));
  }
  return slope * step > 1e-3 * change;
}

/// The descent by BFGS from a point with a slope.
class Bfgs
{
public:
  Bfgs(const BoxedLoss &loss, const Coordinates &start, double first_step) : loss_(loss)
  {
    move_to(start);
    for (unsigned int i = 0; i < loss_.dimension(); ++i)
      inverse_hessian_[i] = along({}, first_step / norm(gradient_), axis(i));
  }

  /// Down to where roundings stop it.
  Coordinates descend()
  {
    constexpr unsigned int most_steps = 200;
    for (unsigned int step = 0; step < most_steps && norm(gradient_) > 0; ++step)
      if (!advance())
        break;
    return point_;
  }

private:
  void move_to(const Coordinates &point)
  {
    point_ = point;
    lowest_ = loss_.value(point);
    gradient_ = loss_.gradient(point);
  }

  Coordinates times_inverse_hessian(const Coordinates &x) const
  {
    Coordinates result{};
    for (unsigned int i = 0; i < loss_.dimension(); ++i)
      result[i] = dot(inverse_hessian_[i], x);
    return result;
  }

  /// How far to go by bisection for the weak Wolfe conditions: lower, and no longer as steep. 0 where nothing is lower.
  double step_along(const Coordinates &way) const
  {
    const double slope = dot(gradient_, way);
    double low = 0, high = INFINITY, step = 1;
    for (unsigned int trial = 0; trial < 60; ++trial)
    {
      const Coordinates there = along(point_, step, way);
      if (!(loss_.value(there) < lowest_ + 1e-4 * step * slope))
        high = step;
      else
      {
        low = step;
        if (dot(loss_.gradient(there), way) >= 0.9 * slope)
          break;
      }
      step = std::isfinite(high) ? (low + high) / 2 : 2 * low;
    }
    return low;
  }

  bool advance()
  {
    const Coordinates way = along({}, -1, times_inverse_hessian(gradient_));
    const Coordinates point_before = point_, gradient_before = gradient_;
    const double step = step_along(way);
    if (step == 0)
      return false;
    move_to(along(point_, step, way));
    update(along(point_, -1, point_before), along(gradient_, -1, gradient_before));
    return true;
  }

  /// H <- (I - s y^T/sy) H (I - y s^T/sy) + s s^T/sy.
  void update(const Coordinates &s, const Coordinates &y)
  {
    const double sy = dot(s, y);
    if (!(sy > 0))
      return;
    const Coordinates hy = times_inverse_hessian(y);
    const double factor = (1 + dot(y, hy) / sy) / sy;
    for (unsigned int i = 0; i < loss_.dimension(); ++i)
      for (unsigned int j = 0; j < loss_.dimension(); ++j)
        inverse_hessian_[i][j] += factor * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy;
  }

  const BoxedLoss &loss_;
  Coordinates point_{}, gradient_{};
  double lowest_ = 0;
  std::array<Coordinates, 3> inverse_hessian_{};
};

/// An orthonormal basis that turns by the golden angle from one number to the next, about each axis in its turn: rays
/// along it leave no direction out for good.
std::vector<Coordinates> turned_basis(unsigned int dimension, unsigned int turn)
{
  if (dimension == 1)
    return {axis(0)};
  const double angle = M_PI * (3 - std::sqrt(5.)) * turn, c = std::cos(angle), s = std::sin(angle);
  const Coordinates first = axis(turn % dimension), second = axis((turn + 1) % dimension);
  std::vector<Coordinates> basis = {along(along({}, c, first), s, second),
                                    along(along({}, -s, first), c, second)};
  if (dimension == 3)
    basis.push_back(axis((turn + 2) % 3));
  return basis;
}

/// The lowest of some points at this distance.
Coordinates lowest_at_distance(const BoxedLoss &loss, const Coordinates &centre, double radius,
                               unsigned int turn)
{
  const std::vector<Coordinates> basis = turned_basis(loss.dimension(), turn);
  Coordinates best = centre;
  double lowest = INFINITY;
  for (const Ray &ray : sphere(loss.dimension(), 8))
  {
    const Coordinates point = combined(centre, radius, ray, basis);
    if (const double value = loss.value(point); value < lowest)
    {
      lowest = value;
      best = point;
    }
  }
  return best;
}

/// The lowest of the points around, ever nearer: that needs no gradient, which is infinite at the sharpest kinks. Lower
/// is only what exceeds roundings.
Coordinates at_the_bottom(const BoxedLoss &loss, Coordinates point, double step)
{
  constexpr unsigned int most_moves = 20; // at each distance
  const double smallest = std::max(1e-17 * norm(point), 1e-30);
  double lowest = loss.value(point);
  unsigned int turn = 0;
  for (double radius = step; radius > smallest; radius /= 2)
    for (unsigned int move = 0; move < most_moves; ++move)
    {
      const Coordinates there = lowest_at_distance(loss, point, radius, turn++);
      const double value = loss.value(there);
      if (!(value < lowest - 1e-12 * std::fabs(lowest)))
        break;
      lowest = value;
      point = there;
    }
  return point;
}
} // namespace

Coordinates through_kinks(const Landscape &landscape, const Box &box, const Coordinates &point,
                          double step)
{
  const BoxedLoss loss{landscape, box};
  if (!is_steep(loss, point, step))
    return point;
  return at_the_bottom(loss, Bfgs(loss, point, step).descend(), step);
}
} // namespace lowland
