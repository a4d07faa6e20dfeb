#include "model/search/basins.h"

#include <boost/numeric/odeint.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lowland
{
Basins::Basins(const Landscape &landscape, const std::vector<Minimum> &minima,
               const SearchRegion &region)
    : landscape_(landscape), minima_(minima), region_(region), rate_(0)
{
  length_ = distance(region.lower, region.upper);
  for (const Minimum &minimum : minima)
  {
    double nearest = length_;
    for (const Minimum &other : minima)
      if (&other != &minimum)
        nearest = std::min(nearest, distance(minimum.point, other.point));
    capture_radius_.push_back(1e-2 * nearest);
    for (unsigned int i = 0; i < landscape.dimension(); ++i)
      if (std::isfinite(minimum.curvatures[i]))
        rate_ = std::max(rate_, minimum.curvatures[i]);
  }
  if (rate_ == 0)
    rate_ = 1;
}

// The state holds all first coordinates, then all second ones.
void Basins::follow_flow(std::vector<double> &state, double duration) const
{
  namespace odeint = boost::numeric::odeint;
  const unsigned int d = landscape_.dimension();
  const std::size_t n = state.size() / d;
  Points points(d, n);
  LandscapeValues values;
  const auto velocity = [&](const std::vector<double> &x, std::vector<double> &dxds, double) {
    for (unsigned int i = 0; i < d; ++i)
      for (std::size_t q = 0; q < n; ++q)
        points.x[i][q] = std::clamp(x[i * n + q], region_.lower[i], region_.upper[i]);
    landscape_.evaluate(points, Derivatives::gradient, values);
    for (std::size_t q = 0; q < n; ++q)
    {
      double size = 0;
      for (unsigned int i = 0; i < d; ++i)
        size = std::hypot(size, values.gradient[i][q]);
      // At most the region's length in one unit of 1/rate: the orbits stay the same.
      const double speed = 1 / (1 + size / (rate_ * length_));
      for (unsigned int i = 0; i < d; ++i)
        dxds[i * n + q] = std::isfinite(size) ? -speed * values.gradient[i][q] : 0;
    }
  };
  using Stepper = odeint::runge_kutta_dopri5<std::vector<double>>;
  const auto stepper = odeint::make_controlled<Stepper>(1e-6 * length_, 1e-6);
  odeint::integrate_adaptive(stepper, velocity, state, 0.0, duration, 0.1 / rate_);
}

int Basins::captured(const std::vector<double> &state, std::size_t n, std::size_t q) const
{
  Coordinates point{};
  for (unsigned int i = 0; i < landscape_.dimension(); ++i)
    point[i] = std::clamp(state[i * n + q], region_.lower[i], region_.upper[i]);
  for (std::size_t k = 0; k < minima_.size(); ++k)
    if (distance(point, minima_[k].point) < capture_radius_[k])
      return k;
  return none;
}

/// Takes the points that have arrived out of `moving` and `state`, and notes where.
void Basins::collect(std::vector<std::size_t> &moving, std::vector<double> &state,
                     std::vector<int> &basins) const
{
  const unsigned int d = landscape_.dimension();
  const std::size_t n = moving.size();
  std::vector<std::size_t> rest;
  for (std::size_t k = 0; k < n; ++k)
  {
    basins[moving[k]] = captured(state, n, k);
    if (basins[moving[k]] == none)
      rest.push_back(k);
  }
  std::vector<double> still(d * rest.size());
  for (unsigned int i = 0; i < d; ++i)
    for (std::size_t k = 0; k < rest.size(); ++k)
      still[i * rest.size() + k] = state[i * n + rest[k]];
  for (std::size_t &k : rest)
    k = moving[k];
  moving = std::move(rest);
  state = std::move(still);
}

std::vector<int> Basins::at(const Points &points) const
{
  std::vector<int> basins(points.size(), none);
  std::vector<std::size_t> moving(points.size());
  std::iota(moving.begin(), moving.end(), 0);
  std::vector<double> state;
  for (unsigned int i = 0; i < landscape_.dimension(); ++i)
    state.insert(state.end(), points.x[i].begin(), points.x[i].end());

  // Rounds of growing length, until all have arrived or stand still.
  double duration = 2 / rate_, elapsed = 0;
  for (bool still = false; !still && elapsed * rate_ < 1e5; elapsed += duration, duration *= 1.6)
  {
    collect(moving, state, basins);
    if (moving.empty())
      break;
    const std::vector<double> before = state;
    follow_flow(state, duration);
    double moved = 0;
    for (std::size_t k = 0; k < state.size(); ++k)
      moved = std::max(moved, std::abs(state[k] - before[k]));
    still = elapsed * rate_ > 100 && moved < 1e-6 * length_;
  }
  collect(moving, state, basins);
  return basins;
}
} // namespace lowland
