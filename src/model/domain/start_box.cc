#include "model/domain/start_box.h"

#include "model/equilibrium/shells.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

namespace lowland
{
namespace
{
constexpr unsigned int per_axis = 32; // a multiple of 4: the box half as wide ends between points
constexpr unsigned int most_doublings = 40;

/// The box 2^doublings times as wide.
Box wider(const Box &box, unsigned int doublings, unsigned int dimension)
{
  const double grown = (std::exp2(doublings) - 1) / 2;
  Box result = box;
  for (unsigned int i = 0; i < dimension; ++i)
  {
    result.lower[i] -= grown * (box.upper[i] - box.lower[i]);
    result.upper[i] += grown * (box.upper[i] - box.lower[i]);
  }
  return result;
}

/// The middles of the cells of a uniform grid; without those of the inner half of each axis if `hollow`.
Points middles(const Box &box, unsigned int dimension, bool hollow)
{
  Points points;
  points.x.resize(dimension);
  const std::size_t n = std::lround(std::pow(per_axis, dimension));
  for (std::size_t cell = 0; cell < n; ++cell)
  {
    bool inside = hollow;
    Coordinates point{};
    for (std::size_t i = 0, rest = cell; i < dimension; ++i, rest /= per_axis)
    {
      const double share = (rest % per_axis + 0.5) / per_axis;
      inside = inside && share > 0.25 && share < 0.75;
      point[i] = box.lower[i] + share * (box.upper[i] - box.lower[i]);
    }
    for (unsigned int i = 0; i < dimension && !inside; ++i)
      points.x[i].push_back(point[i]);
  }
  return points;
}

/// Cells of a uniform grid and the mass of the start in each.
struct Sample
{
  Coordinates widths{};
  Points middles;
  std::vector<double> masses;
  double total() const { return std::accumulate(masses.begin(), masses.end(), 0.0); }
};

Sample sample(const InitialDensity &start, const Model &model, const Box &box, bool hollow)
{
  const unsigned int d = model.dimension();
  Sample result{{}, middles(box, d, hollow), {}};
  start.evaluate(result.middles, model, result.masses);
  double volume = 1;
  for (unsigned int i = 0; i < d; ++i)
    volume *= result.widths[i] = (box.upper[i] - box.lower[i]) / per_axis;
  for (double &m : result.masses)
    m = std::isfinite(m) ? std::max(m, 0.0) * volume : 0;
  return result;
}

/// How far out on one side of an axis at most `share` lies beyond; at least `inner`. One cell beyond those that hold
/// more, for the middle of a cell says little about a tail that is steep.
double reach(const std::vector<Sample> &samples, unsigned int axis, int side, double inner,
             double share)
{
  std::map<double, double, std::greater<>> masses; // by the outer end of the cells, and a cell
  for (const Sample &grid : samples)
    for (std::size_t q = 0; q < grid.masses.size(); ++q)
      masses[side * grid.middles.x[axis][q] + 1.5 * grid.widths[axis]] += grid.masses[q];
  double beyond = 0;
  for (const auto &[outwards, m] : masses)
    if ((beyond += m) > share)
      return side * std::max(outwards, side * inner);
  return inner;
}
} // namespace

Box widened_for(const InitialDensity &start, const Model &model, const Box &box, double mass)
{
  const unsigned int d = model.dimension();
  std::vector<Sample> samples;
  std::vector<double> log_masses;
  double total = 0;
  for (unsigned int n = 0; n <= most_doublings; ++n)
  {
    samples.push_back(sample(start, model, wider(box, n, d), n > 0));
    const double shell = samples.back().total();
    total += shell;
    log_masses.push_back(std::log(shell));
  }
  if (!raabe(log_masses).converges)
    return box;
  Box result = box;
  const double share = mass / (2 * d) * total;
  for (unsigned int i = 0; i < d; ++i)
  {
    result.lower[i] = reach(samples, i, -1, box.lower[i], share);
    result.upper[i] = reach(samples, i, 1, box.upper[i], share);
  }
  return result;
}
} // namespace lowland
