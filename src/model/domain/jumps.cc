#include "model/domain/jumps.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace lowland
{
namespace
{
/// A jump that is told from what is as steep as a root, relative to the function there, and from round-off, where it
/// nearly vanishes, relative to the function anywhere.
constexpr double least_jump = 1e-5, round_off = 1e-13;
constexpr unsigned int halvings = 45;
/// Not the middle, where kinks of symmetric functions like to sit, with 0/0.
constexpr double first_part = 0.487;

/// The largest difference of a component between two points; not a number if a component is none.
double difference(const Components &a, const Components &b, std::size_t q)
{
  double largest = 0;
  for (std::size_t c = 0; c < a.size(); ++c)
  {
    const double change = std::abs(a[c][q] - b[c][q]);
    if (std::isnan(change))
      return change;
    largest = std::max(largest, change);
  }
  return largest;
}

double size(const Components &a, std::size_t q)
{
  double largest = 0;
  for (const auto &component : a)
    largest = std::max(largest, std::abs(component[q]));
  return largest;
}

/// Keeps those entries of the arrays that `keep` names.
void select(Components &arrays, const std::vector<std::size_t> &keep)
{
  for (auto &array : arrays)
  {
    for (std::size_t k = 0; k < keep.size(); ++k)
      array[k] = array[keep[k]];
    array.resize(keep.size());
  }
}

/// Intervals that may hold a jump.
struct Intervals
{
  Points from, to;
  Components at_from, at_to;
  Components least; ///< one array: the smallest difference that counts

  /// Drops those whose ends differ by too little, or are not numbers.
  void drop_continuous()
  {
    std::vector<std::size_t> keep;
    for (std::size_t q = 0; q < from.size(); ++q)
      if (difference(at_from, at_to, q) > least[0][q])
        keep.push_back(q);
    for (Components *const arrays : {&from.x, &to.x, &at_from, &at_to, &least})
      select(*arrays, keep);
  }

  /// Goes on with the part that has the larger difference.
  void halve(const Field &field)
  {
    Points middle = from;
    for (std::size_t i = 0; i < middle.x.size(); ++i)
      for (std::size_t q = 0; q < middle.size(); ++q)
        middle.x[i][q] += first_part * (to.x[i][q] - from.x[i][q]);
    Components at_middle;
    field(middle, at_middle);
    for (std::size_t q = 0; q < middle.size(); ++q)
    {
      const bool first = difference(at_from, at_middle, q) >= difference(at_middle, at_to, q);
      for (std::size_t i = 0; i < middle.x.size(); ++i)
        (first ? to : from).x[i][q] = middle.x[i][q];
      for (std::size_t c = 0; c < at_middle.size(); ++c)
        (first ? at_to : at_from)[c][q] = at_middle[c][q];
    }
  }
};

struct Coefficients
{
  LandscapeValues landscape; ///< up to the gradient at least
  DiffusionValues diffusion;
};

Coefficients coefficients_at(const Points &points, const Model &model)
{
  Coefficients values;
  model.landscape.evaluate(points, std::max(model.noise->needs(), Derivatives::gradient),
                           values.landscape);
  model.noise->evaluate(points, values.landscape, values.diffusion);
  return values;
}
} // namespace

std::vector<Coordinates> find_jumps(const Field &field, const Points &from, const Points &to)
{
  Intervals intervals{from, to, {}, {}, {{}}};
  field(from, intervals.at_from);
  field(to, intervals.at_to);
  double largest = 0;
  for (std::size_t q = 0; q < from.size(); ++q)
  {
    const double here = std::max(size(intervals.at_from, q), size(intervals.at_to, q));
    intervals.least[0].push_back(least_jump * here);
    if (std::isfinite(here))
      largest = std::max(largest, here);
  }
  for (double &least : intervals.least[0])
    least = std::max(least, round_off * largest);
  intervals.drop_continuous();
  for (unsigned int n = 0; n < halvings && intervals.from.size() > 0; ++n)
  {
    intervals.halve(field);
    intervals.drop_continuous();
  }
  std::vector<Coordinates> jumps;
  for (std::size_t q = 0; q < intervals.from.size(); ++q)
    jumps.push_back(intervals.from[q]);
  return jumps;
}

Field diffusion_of(const Model &model)
{
  return [&model](const Points &points, Components &values) {
    values = coefficients_at(points, model).diffusion.tensor;
  };
}

std::vector<double> kinks_on_line(const Model &model, const Domain &domain,
                                  const std::vector<Minimum> &minima)
{
  constexpr unsigned int n = 4000, per_octave = 16, octaves = 26, most_kinks = 100;
  constexpr double distinct = 1e-10; // of the width
  const double lower = domain.lower[0], upper = domain.upper[0], width = upper - lower;
  std::set<double> places;
  for (unsigned int k = 0; k <= n; ++k)
    places.insert(k < n ? lower + width * k / n : upper);
  for (const Minimum &minimum : minima)
    for (unsigned int k = 0; k < octaves * per_octave; ++k)
      for (const int side : {-1, 1})
      {
        const double x = minimum.point[0] + side * width * std::exp2(-1.0 * k / per_octave);
        if (x > lower && x < upper)
          places.insert(x);
      }
  Points from, to;
  from.x = {{places.begin(), std::prev(places.end())}};
  to.x = {{std::next(places.begin()), places.end()}};
  const auto drift = [&](const Points &points, Components &values) {
    const Coefficients at = coefficients_at(points, model);
    values = at.landscape.gradient;
    for (std::size_t q = 0; q < values[0].size(); ++q)
      values[0][q] += at.diffusion.divergence[0][q];
  };
  std::vector<double> kinks; // ascending; one between two intervals may be found in both
  for (const Coordinates &jump : find_jumps(drift, from, to))
    if (jump[0] - (kinks.empty() ? lower : kinks.back()) > distinct * width)
      kinks.push_back(jump[0]);
  if (kinks.size() > most_kinks)
    kinks.clear();
  return kinks;
}
} // namespace lowland
