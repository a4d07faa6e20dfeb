#include "tasks/problem/weight_choice.h"

#include "output/log.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
namespace
{
const char *section = "Discretization";

/// e^-30 is what floating point resolves beside 1 with some digits to spare.
constexpr double resolved_range = 30;
/// Heavy tails down to e^-600 need no floor: nothing underflows and V changes slowly.
constexpr double representable_range = 600, heavy_doubling = 20;
/// A start at V beyond this, over most of its mass, is better carried by w = 1. Measured: a start at V
/// = 8 to 46 in 3D is more positive with pi, one at V = 50 to 150 is ten times less accurate with it.
constexpr double distant_start = 30;

/// n^d points spread over a box, its sides included; n > 1.
std::vector<Coordinates> lattice(const Box &box, unsigned int dimension, unsigned int n)
{
  std::vector<Coordinates> points;
  const auto size = static_cast<std::size_t>(std::lround(std::pow(n, dimension)));
  for (std::size_t k = 0; k < size; ++k)
  {
    Coordinates point{};
    for (std::size_t i = 0, rest = k; i < dimension; ++i, rest /= n)
      point[i] = box.lower[i] + (box.upper[i] - box.lower[i]) * (rest % n) / (n - 1.0);
    points.push_back(point);
  }
  return points;
}

double potential(const Model &model, const Coordinates &point)
{
  return -model.equilibrium->log_relative_density(model.landscape.value(point));
}

/// How V behaves at the rim of the region, seen from the lowest minimum.
struct Tail
{
  double range = 0;    ///< the largest V - V_min
  double doubling = 0; ///< the largest change of V from half-way out to the rim
  double depth = 0; ///< by how much V falls below V_min: at walls that absorb, which are no minima
};

Tail tail_of(const Model &model, const SearchRegion &region, const Coordinates &minimum)
{
  Tail tail;
  const unsigned int d = model.dimension();
  for (const Coordinates &point : lattice(region, d, 9))
  {
    if (region.contains && !region.contains(point))
      continue;
    Coordinates half{};
    for (unsigned int i = 0; i < d; ++i)
      half[i] = (point[i] + minimum[i]) / 2;
    const double v = potential(model, point);
    tail.range = std::max(tail.range, v);
    tail.depth = std::max(tail.depth, -v);
    tail.doubling = std::max(tail.doubling, v - potential(model, half));
  }
  return tail;
}

/// The share of the start's mass at V - V_min > `limit`, from points one deviation around its means
/// or, for other starts, spread over the region.
double mass_beyond(const Model &model, const SearchRegion &region, const InitialDensity &start,
                   double limit)
{
  if (start.is_invariant() || start.is_none())
    return 0;
  std::vector<Coordinates> points;
  const unsigned int d = model.dimension();
  for (const Bump &bump : start.bumps())
  {
    const Box one_deviation{along(bump.mean, -1, bump.deviation),
                            along(bump.mean, 1, bump.deviation)};
    const auto around = lattice(one_deviation, d, 3);
    points.insert(points.end(), around.begin(), around.end());
  }
  if (points.empty())
    points = lattice(region, d, 9);
  Points batch(d, points.size());
  for (std::size_t q = 0; q < points.size(); ++q)
    for (unsigned int i = 0; i < d; ++i)
      batch.x[i][q] = points[q][i];
  std::vector<double> density, measure;
  start.evaluate(batch, model, density);
  model.measure(batch, measure);
  double beyond = 0, all = 0;
  for (std::size_t q = 0; q < points.size(); ++q)
  {
    const double mass = density[q] * measure[q];
    all += mass;
    beyond += potential(model, points[q]) > limit ? mass : 0;
  }
  return all > 0 ? beyond / all : 0;
}

/// The floor that light tails need: small beside the tolerance, large enough for floating point. In 3D,
/// where resolving pi down to it costs the cube, it is larger, and most so where no rate of escape hangs on pi at a
/// pass. Measured on Ornstein and Uhlenbeck's process: at a tolerance of 1e-3, ten times the floor serves with two
/// thirds of the unknowns, and behind the start the least density is -3e-5 of the greatest instead of -8e-6. A floor of
/// 1e-4 left it below -1e-4 in the end.
double light_tail_floor(const InitialDensity &start, double tolerance, unsigned int dimension,
                        bool single_well)
{
  if (start.is_invariant() || start.is_none())
    return 1e-14;
  if (dimension < 3)
    return std::clamp(1e-7 * tolerance, 1e-13, 1e-10);
  return single_well ? std::clamp(5e-2 * tolerance, 1e-13, 5e-5)
                     : std::clamp(1e-5 * tolerance, 1e-13, 1e-7);
}
} // namespace

Shell shell_of(const Model &model, const SearchRegion &region)
{
  const unsigned int axis = model.dimension() - 1;
  const double power = model.radial_dimension() - 1.0;
  if (power == 0)
    return {};
  Shell shell{0, -std::numeric_limits<double>::infinity()};
  for (const Coordinates &point :
       lattice(region, model.dimension(), model.dimension() == 1 ? 1001 : 65))
  {
    const double v = potential(model, point),
                 log_share = power * std::log(point[axis] / region.upper[axis]) - v;
    if (log_share > shell.log_share)
      shell = {v, log_share};
  }
  return shell;
}

WeightChoice choose_weight(const Parameters &parameters, const Model &model,
                           const SearchRegion &region, const std::vector<Minimum> &minima,
                           const InitialDensity &start)
{
  const std::string wish = parameters.text(section, "Reference weight");
  if (wish == "one")
    return {ReferenceWeight(), "as asked"};
  if (!model.equilibrium || !model.equilibrium->bounded())
  {
    if (wish == "invariant")
      throw parameters.error(section, "Reference weight",
                             "there is no bounded invariant density to weigh with");
    return {ReferenceWeight(), "there is no bounded invariant density"};
  }
  if (const auto floor = parameters.number_or_auto(section, "Reference floor"))
    return {ReferenceWeight(*floor), "floor as asked"};

  const Tail tail = tail_of(model, region, minima.front().point);
  if (wish == "auto" && tail.depth > representable_range / 2)
    return {ReferenceWeight(),
            "pi is e^" + format(tail.depth, 3) + " larger at a wall than in any well"};
  if (tail.range < resolved_range)
    return {ReferenceWeight(0), "pi falls by no more than e^-" + format(tail.range, 2)};
  if (tail.range < representable_range && tail.doubling < heavy_doubling)
    return {ReferenceWeight(0),
            "heavy tails: V grows by " + format(tail.doubling, 2) + " where the distance doubles"};
  const Shell shell = shell_of(model, region);
  const double distant = mass_beyond(model, region, start, distant_start + shell.potential);
  if (wish == "auto" && distant > 0.5)
    return {ReferenceWeight(), format(100 * distant, 2) +
                                   " % of the start is where pi is below e^-" +
                                   format(distant_start + shell.potential, 3) + " of its maximum"};
  const double floor = light_tail_floor(start, parameters.number("Time", "Tolerance"),
                                        model.dimension(), minima.size() == 1);
  return {ReferenceWeight(floor * std::exp(std::max(shell.log_share, -representable_range))),
          "pi falls by e^-" + format(tail.range, 3) + ", out of reach of floating point"};
}
} // namespace lowland
