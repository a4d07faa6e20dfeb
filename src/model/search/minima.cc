#include "model/search/minima.h"

#include "model/search/kink_descent.h"
#include "model/search/local_quadratic.h"
#include "model/search/minimizer.h"
#include "model/search/sampled_loss.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace lowland
{
namespace
{
/// No lower value a little way along the Hessian's eigenvectors and the axes: true at minima, also
/// degenerate ones and kinks, false at saddles and where the search stopped on a slope.
bool is_minimum(const Landscape &landscape, const SearchRegion &region, const Coordinates &point,
                const LocalQuadratic &quadratic)
{
  const unsigned int d = landscape.dimension();
  const double step = resolution(point, region, d);
  const double loss = landscape.value(point);
  const double noise = 1e-12 * std::fabs(loss);
  for (unsigned int k = 0; k < 2 * d; ++k)
    for (const double side : {-step, step})
    {
      const Coordinates direction = k < d ? quadratic.directions[k] : axis(k - d);
      const double nearby = landscape.value(brought_back(along(point, side, direction), region));
      if (nearby < loss - noise)
        return false;
    }
  return std::isfinite(loss);
}

/// No lower value a little way off, in the region or on along its boundary.
bool is_boundary_minimum(const Landscape &landscape, const SearchRegion &region,
                         const Coordinates &point)
{
  const unsigned int d = landscape.dimension(), n = std::lround(std::pow(3, d));
  const double step = resolution(point, region, d);
  std::vector<Coordinates> around;
  Coordinates inside = point;
  double n_inside = 0;
  for (unsigned int k = 0; k < n; ++k)
  {
    Coordinates nearby = point;
    for (unsigned int i = 0, rest = k; i < d; ++i, rest /= 3)
      nearby[i] += step * (static_cast<int>(rest % 3) - 1);
    around.push_back(nearby);
    if (region.contains(nearby))
    {
      ++n_inside;
      inside = along(inside, 1 / n_inside, along(nearby, -1, inside)); // their mean
    }
  }
  const double loss = landscape.value(point);
  const double noise = 1e-12 * std::fabs(loss) + 1e-10 * std::fabs(landscape.value(inside) - loss);
  const auto is_lower = [&](const Coordinates &nearby) {
    const bool within = region.contains(nearby);
    return landscape.value(within ? nearby : entry_point(region, nearby, inside)) < loss - noise;
  };
  return std::isfinite(loss) && std::none_of(around.begin(), around.end(), is_lower);
}

/// Lowest first; those of the same loss by their coordinates.
void sort_by_loss(std::vector<Minimum> &minima)
{
  std::sort(minima.begin(), minima.end(),
            [](const Minimum &a, const Minimum &b) { return a.loss < b.loss; });
  for (auto first = minima.begin(); first != minima.end();)
  {
    const auto last = std::find_if_not(
        first, minima.end(), [&](const Minimum &other) { return same_loss(*first, other); });
    std::sort(first, last, [](const Minimum &a, const Minimum &b) { return a.point < b.point; });
    first = last;
  }
}

/// Up to n of them, far from each other: the first, then always the one farthest from those taken.
std::vector<Minimum> spread_out(std::vector<Minimum> minima, std::size_t n)
{
  std::vector<Minimum> taken;
  const auto gap = [&](const Minimum &minimum) {
    double nearest = std::numeric_limits<double>::infinity();
    for (const Minimum &other : taken)
      nearest = std::min(nearest, distance(minimum.point, other.point));
    return nearest;
  };
  while (!minima.empty() && taken.size() < n)
  {
    const auto farthest =
        std::max_element(minima.begin(), minima.end(),
                         [&](const auto &a, const auto &b) { return gap(a) < gap(b); });
    taken.push_back(*farthest);
    minima.erase(farthest);
  }
  return taken;
}

/// Drops duplicates, and all but a few representatives of each loss value on which minima are
/// degenerate.
std::vector<Minimum> distinct(std::vector<Minimum> minima, const SearchRegion &region,
                              unsigned int dimension)
{
  constexpr std::size_t n_representatives = 8;
  sort_by_loss(minima);
  std::vector<Minimum> kept, connected;
  const auto end_connected = [&]() {
    for (const Minimum &minimum : spread_out(connected, n_representatives))
      kept.push_back(minimum);
    connected.clear();
  };
  for (const Minimum &minimum : minima)
  {
    const auto is_same = [&](const Minimum &other) {
      return shortest_way(minimum.point, other.point, region) <
             10 * resolution(minimum.point, region, dimension);
    };
    if (std::any_of(kept.begin(), kept.end(), is_same) ||
        std::any_of(connected.begin(), connected.end(), is_same))
      continue;
    if (!connected.empty() && !same_loss(connected.front(), minimum))
      end_connected();
    (is_degenerate(minimum, dimension) ? connected : kept).push_back(minimum);
  }
  end_connected();
  sort_by_loss(kept);
  return kept;
}

/// Where a descent ends that cannot leap out of the well of its start, as one in the whole box does where another well
/// is deeper. The cells of the grid around the start bound it and, where it leaves them, as large a box around the point
/// where it does. Nothing if it goes far, as in a valley narrower than the cells.
std::optional<Coordinates> descent_in_well(const Landscape &landscape, const SearchStart &start,
                                           const Box &box)
{
  constexpr unsigned int most_moves = 4;
  const unsigned int d = landscape.dimension();
  const Coordinates half = along({}, 0.5, along(start.cells.upper, -1, start.cells.lower));
  Coordinates point = start.point;
  Box cells = start.cells;
  for (unsigned int move = 0; move < most_moves; ++move)
  {
    for (unsigned int i = 0; i < d; ++i)
    {
      cells.lower[i] = std::max(cells.lower[i], box.lower[i]);
      cells.upper[i] = std::min(cells.upper[i], box.upper[i]);
    }
    point = Minimizer(landscape, cells).newton_from(point);
    bool has_left = false;
    for (unsigned int i = 0; i < d; ++i)
    {
      const double close = 1e-6 * half[i];
      has_left = has_left ||
                 (cells.lower[i] > box.lower[i] && point[i] <= cells.lower[i] + close) ||
                 (cells.upper[i] < box.upper[i] && point[i] >= cells.upper[i] - close);
    }
    if (!has_left)
      return through_kinks(landscape, box, point, resolution(point, box, d));
    cells = {along(point, -1, half), along(point, 1, half)};
  }
  return {};
}
} // namespace

std::vector<Minimum> find_minima(const Landscape &landscape, const SearchRegion &region)
{
  const unsigned int d = landscape.dimension();
  const SearchStarts search = starts_in(landscape, region);
  const Coordinates middle = middle_of(region, d);
  if (search.is_constant && (!region.contains || region.contains(middle)))
    return {{middle, landscape.value(middle), {}}};
  // A descent may cross sides that are glued together. TAO fails where a minimum lies on both of its bounds.
  Box box = region;
  for (unsigned int i = 0; i < d; ++i)
    if (region.periodic[i])
    {
      box.lower[i] -= (region.upper[i] - region.lower[i]) / 2;
      box.upper[i] += (region.upper[i] - region.lower[i]) / 2;
    }
  Minimizer everywhere(landscape, box);
  std::vector<Minimum> minima;
  const auto take_if_minimum = [&](const Coordinates &end) {
    const Coordinates point = brought_back(without_roundings(end, region, d), region);
    if (region.contains && !region.contains(point))
      return false;
    const LocalQuadratic quadratic = local_quadratic(landscape, point);
    const bool is_one = is_minimum(landscape, region, point, quadratic);
    if (is_one)
      minima.push_back({point, quadratic.loss, quadratic.curvatures});
    return is_one;
  };
  for (const SearchStart &start : search.starts)
  {
    const auto nearby = descent_in_well(landscape, start, box);
    if (!nearby || !take_if_minimum(*nearby))
      take_if_minimum(everywhere.from(start.point));
  }
  for (const Coordinates &point : boundary_candidates(landscape, region.boundary))
    if (is_boundary_minimum(landscape, region, point))
    {
      const LocalQuadratic quadratic = local_quadratic(landscape, point);
      minima.push_back({point, quadratic.loss, quadratic.curvatures});
    }
  return distinct(minima, region, d);
}

bool is_degenerate(const Minimum &minimum, unsigned int dimension)
{
  return minimum.curvatures[0] <= 1e-6 * std::fabs(minimum.curvatures[dimension - 1]);
}

bool same_loss(const Minimum &a, const Minimum &b)
{
  return std::fabs(a.loss - b.loss) < 1e-10 * (1 + std::fabs(a.loss));
}
} // namespace lowland
