#include "model/equilibrium/integrability.h"
#include "model/equilibrium/shells.h"
#include "model/search/local_quadratic.h"

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
constexpr double innermost = 1e-8, outermost = 1e12;
constexpr int bins_per_octave = 20;
const int n_bins = std::lround(bins_per_octave * std::log2(outermost / innermost));

double bin_radius(double bin)
{
  return innermost * std::exp2(bin / bins_per_octave);
}

/// Masses of exp(-V(f)) seen from a centre: by octaves of the distance, and beyond any distance on
/// each side of each axis.
struct Star
{
  Coordinates centre{};
  double log_total = -INFINITY;
  std::vector<double> log_octaves;
  std::array<std::vector<double>, 6> sides; ///< [2 i + (side > 0)][bin]: share of the total
};

/// The ellipsoid's axes along which a star's rays are spread: those of f's curvature where it is
/// known.
std::array<Coordinates, 3> spreading_axes(const Landscape &landscape, const Coordinates &centre)
{
  const unsigned int d = landscape.dimension();
  const LocalQuadratic local = local_quadratic(landscape, centre);
  const double largest = local.curvatures[d - 1];
  std::array<Coordinates, 3> axes{};
  for (unsigned int k = 0; k < d; ++k)
  {
    const bool is_well = largest > 0 && local.curvatures[0] > 1e-8 * largest;
    const double length = is_well ? std::sqrt(local.curvatures[0] / local.curvatures[k]) : 1.;
    axes[k] = along({}, length, is_well ? local.directions[k] : axis(k));
  }
  return axes;
}

double log_determinant(const std::array<Coordinates, 3> &orthogonal, unsigned int dimension)
{
  double sum = 0;
  for (unsigned int k = 0; k < dimension; ++k)
    sum += std::log(norm(orthogonal[k]));
  return sum;
}

/// Points along one ray at the middles of all bins.
Points ray_points(unsigned int dimension, const Coordinates &centre, const Coordinates &direction)
{
  Points points(dimension, n_bins);
  for (int k = 0; k < n_bins; ++k)
    for (unsigned int i = 0; i < dimension; ++i)
      points.x[i][k] = centre[i] + bin_radius(k + 0.5) * direction[i];
  return points;
}

/// log of exp(-V) r^d w at the bins of one ray; -infinity where f is not a number or V infinite.
std::vector<double> ray_log_masses(const Landscape &landscape, const Potential &potential,
                                   const Coordinates &centre, const Coordinates &direction,
                                   double weight)
{
  const unsigned int d = landscape.dimension();
  LandscapeValues values;
  landscape.evaluate(ray_points(d, centre, direction), Derivatives::none, values);
  std::vector<double> logs(n_bins, -INFINITY);
  for (int k = 0; k < n_bins; ++k)
    if (std::isfinite(values.loss[k]))
      logs[k] = std::log(weight * M_LN2 / bins_per_octave) + d * std::log(bin_radius(k + 0.5)) -
                potential(at_least_positive(values.loss[k]));
  return logs;
}

int bin_of(double distance)
{
  const double bin = std::log2(distance / innermost) * bins_per_octave;
  return std::clamp(static_cast<int>(std::floor(bin)), 0, n_bins - 1);
}

void add_to_sides(Star &star, const Coordinates &direction, const std::vector<double> &log_masses,
                  unsigned int dimension)
{
  for (unsigned int i = 0; i < dimension; ++i)
    if (direction[i] != 0)
      for (int k = 0; k < n_bins; ++k)
        star.sides[2 * i + (direction[i] > 0)]
                  [bin_of(std::fabs(direction[i]) * bin_radius(k + 0.5))] +=
            std::exp(log_masses[k] - star.log_total);
}

std::vector<double> octaves_of(const std::vector<std::vector<double>> &rays)
{
  std::vector<double> log_octaves;
  for (int begin = 0; begin + bins_per_octave <= n_bins; begin += bins_per_octave)
  {
    std::vector<double> all;
    for (const auto &ray : rays)
      all.insert(all.end(), ray.begin() + begin, ray.begin() + begin + bins_per_octave);
    log_octaves.push_back(log_sum_exp(all));
  }
  return log_octaves;
}

Star star_around(const Landscape &landscape, const Potential &potential, const Coordinates &centre)
{
  const unsigned int d = landscape.dimension();
  const auto axes = spreading_axes(landscape, centre);
  const std::vector<Coordinates> basis(axes.begin(), axes.begin() + d);
  const double stretch = std::exp(log_determinant(axes, d));
  const unsigned int n_around[] = {0, 2, 96, 20};

  std::vector<Coordinates> directions;
  std::vector<std::vector<double>> rays;
  for (const Ray &ray : sphere(d, n_around[d]))
  {
    directions.push_back(combined({}, 1, ray, basis));
    rays.push_back(
        ray_log_masses(landscape, potential, centre, directions.back(), stretch * ray.weight));
  }
  Star star;
  star.centre = centre;
  star.log_octaves = octaves_of(rays);
  star.log_total = log_sum_exp(star.log_octaves);
  for (auto &side : star.sides)
    side.resize(n_bins);
  for (std::size_t k = 0; k < rays.size(); ++k)
    add_to_sides(star, directions[k], rays[k], d);
  return star;
}

/// Where f is lowest on a sphere: from one of its rays down, in steps along the sphere that halve.
Coordinates lowest_direction(const Landscape &landscape, const Coordinates &centre, double r,
                             Coordinates direction, double spacing)
{
  constexpr unsigned int most_moves = 6; // of each length
  double lowest = landscape.value(along(centre, r, direction));
  const auto move = [&](double step, unsigned int i) {
    const Coordinates turned = along(direction, step, axis(i));
    const Coordinates unit = along({}, 1 / norm(turned), turned);
    const double loss = landscape.value(along(centre, r, unit));
    if (!(loss < lowest))
      return false;
    lowest = loss;
    direction = unit;
    return true;
  };
  for (double step = spacing; step > 1e-16; step /= 2)
    for (unsigned int n = 0, moved = 1; n < most_moves && moved > 0; ++n)
    {
      moved = 0;
      for (unsigned int i = 0; i < landscape.dimension(); ++i)
        moved += move(step, i) || move(-step, i);
    }
  return direction;
}

/// The bottoms of up to four valleys that cross a sphere, found from its lowest rays.
std::vector<Coordinates> valley_directions(const Landscape &landscape, const Coordinates &centre,
                                           double r, const std::vector<Ray> &rays, double spacing)
{
  constexpr std::size_t most_valleys = 4, most_descents = 12;
  std::vector<std::pair<double, Coordinates>> starts;
  for (const Ray &ray : rays)
    if (const double loss = landscape.value(along(centre, r, ray.direction)); std::isfinite(loss))
      starts.emplace_back(loss, ray.direction);
  std::sort(starts.begin(), starts.end());
  std::vector<Coordinates> begun, found;
  const auto is_near = [&](const Coordinates &direction, const std::vector<Coordinates> &others) {
    return std::any_of(others.begin(), others.end(), [&](const Coordinates &other) {
      return distance(direction, other) < 1.5 * spacing;
    });
  };
  for (const auto &[loss, direction] : starts)
  {
    if (begun.size() == most_descents || found.size() == most_valleys)
      break;
    if (is_near(direction, begun))
      continue;
    begun.push_back(direction);
    const Coordinates bottom = lowest_direction(landscape, centre, r, direction, spacing);
    if (!is_near(bottom, found))
      found.push_back(bottom);
  }
  return found;
}

/// log of exp(-V) r^2 dphi integrated over the directions around `bottom`, graded towards it; not a number where
/// roundings hide how the valley narrows.
double log_valley_mass(const Landscape &landscape, const Potential &potential,
                       const Coordinates &centre, double r, const Coordinates &bottom,
                       double spacing)
{
  constexpr int per_octave = 4, n = 48 * per_octave;
  const Coordinates across = {{-bottom[1], bottom[0], 0}};
  const auto angle = [&](int k) { return spacing * std::exp2(-(k + 0.5) / per_octave); };
  const auto v_at = [&](double tangent) {
    const Coordinates direction = along(bottom, tangent, across);
    const double loss = landscape.value(along(centre, r / norm(direction), direction));
    return std::isfinite(loss) ? potential(at_least_positive(loss)) : INFINITY;
  };
  if (std::max(v_at(angle(n)), v_at(-angle(n))) - v_at(0) > 1)
    return NAN;
  std::vector<double> logs;
  for (int k = 0; k < n; ++k)
    for (const double side : {-1., 1.})
      logs.push_back(std::log(M_LN2 / per_octave * angle(k)) + 2 * std::log(r) -
                     v_at(side * angle(k)));
  return log_sum_exp(logs);
}

/// A place in a valley and the log of the mass about there.
struct ValleyMass
{
  Coordinates from_centre{};
  double log_mass;
};

/// The masses of a plane's valleys about a distance; empty where roundings hide one of them.
std::vector<ValleyMass> valleys_at(const Landscape &landscape, const Potential &potential,
                                   const Coordinates &centre, double r)
{
  constexpr unsigned int n_around = 96;
  const double spacing = 2 * M_PI / n_around;
  std::vector<ValleyMass> valleys;
  for (const Coordinates &bottom :
       valley_directions(landscape, centre, r, sphere(2, n_around), spacing))
  {
    const double log_mass = log_valley_mass(landscape, potential, centre, r, bottom, spacing);
    if (std::isnan(log_mass))
      return {};
    valleys.push_back({along({}, r, bottom), log_mass});
  }
  return valleys;
}

/// The masses of a plane's valleys that narrow outwards, beyond `inner`, which slip between the rays of a star. Ends
/// where nothing is left, or where roundings hide a valley.
Star star_of_valleys(const Landscape &landscape, const Potential &potential,
                     const Coordinates &centre, double inner)
{
  constexpr unsigned int per_octave = 4;
  constexpr double nothing = 700; // below e^-700 of the first octave
  Star star;
  star.centre = centre;
  std::vector<ValleyMass> all;
  bool is_seen = true, is_left = true;
  for (double first = inner; is_seen && is_left && first < outermost; first *= 2)
  {
    std::vector<ValleyMass> octave;
    for (unsigned int k = 0; k < per_octave && is_seen; ++k)
    {
      const auto valleys =
          valleys_at(landscape, potential, centre, first * std::exp2((k + 0.5) / per_octave));
      is_seen = !valleys.empty();
      octave.insert(octave.end(), valleys.begin(), valleys.end());
    }
    if (!is_seen)
      break;
    std::vector<double> logs;
    for (ValleyMass &valley : octave)
      logs.push_back(valley.log_mass += std::log(M_LN2 / per_octave));
    all.insert(all.end(), octave.begin(), octave.end());
    star.log_octaves.push_back(log_sum_exp(logs));
    is_left = star.log_octaves.back() > star.log_octaves.front() - nothing;
  }
  star.log_total = log_sum_exp(star.log_octaves);
  for (auto &side : star.sides)
    side.resize(n_bins);
  for (const ValleyMass &valley : all)
    for (unsigned int i = 0; i < 2; ++i)
      star.sides[2 * i + (valley.from_centre[i] > 0)][bin_of(std::fabs(valley.from_centre[i]))] +=
          std::exp(valley.log_mass - star.log_total);
  return star;
}

/// The log of what lies beyond the last octave, if the masses go on to fall as they did; infinite where they do not fall.
double log_mass_beyond(const std::vector<double> &log_octaves)
{
  const Verdict verdict = raabe(log_octaves);
  if (!verdict.converges)
    return INFINITY;
  return log_octaves.back() - std::log(std::expm1(verdict.log_ratio));
}

/// The distance beyond which one side holds `share` of the star's total; interpolated within its
/// bin.
double distance_holding(const std::vector<double> &side, double share)
{
  double beyond = 0;
  for (int k = n_bins - 1; k >= 0; --k)
  {
    if (beyond + side[k] > share)
      return bin_radius(k + 1 - (share - beyond) / side[k]);
    beyond += side[k];
  }
  return bin_radius(0);
}

bool reaches_the_end(const Box &box, unsigned int dimension)
{
  return width(box, dimension) > outermost / 2;
}

/// Widens `box` by what the star asks for, with the masses measured against exp(log_total).
void widen_for(Box &box, const Star &star, double log_total, double mass, unsigned int dimension)
{
  const double share =
      mass / (2 * dimension) * std::exp(std::min(700., log_total - star.log_total));
  for (unsigned int i = 0; i < dimension; ++i)
    widen(box, i, star.centre[i] - distance_holding(star.sides[2 * i], share),
          star.centre[i] + distance_holding(star.sides[2 * i + 1], share));
}

/// The minima around which mass may hide between the rays of a star elsewhere.
std::vector<Minimum> lowest_minima(const Landscape &landscape, const Coordinates &centre,
                                   const Box &box)
{
  constexpr std::size_t at_most = 6;
  SearchRegion region;
  for (unsigned int i = 0; i < 3; ++i)
  {
    region.lower[i] = 2 * box.lower[i] - centre[i];
    region.upper[i] = 2 * box.upper[i] - centre[i];
  }
  auto minima = find_minima(landscape, region);
  if (minima.size() > at_most)
    minima.resize(at_most);
  return minima;
}
} // namespace

std::optional<Box> box_holding(const Landscape &landscape, const Potential &potential,
                               const Coordinates &centre, double mass)
{
  const unsigned int d = landscape.dimension();
  std::vector<Star> stars = {star_around(landscape, potential, centre)};
  if (!std::isfinite(stars[0].log_total) || !raabe(stars[0].log_octaves).converges)
    return {};
  Box first{centre, centre};
  widen_for(first, stars[0], stars[0].log_total, mass, d);
  if (reaches_the_end(first, d))
    return {};

  for (const Minimum &minimum : lowest_minima(landscape, centre, first))
    stars.push_back(star_around(landscape, potential, minimum.point));
  double log_total = -INFINITY;
  for (const Star &star : stars)
    log_total = std::max(log_total, star.log_total);
  if (d == 2)
  {
    const Star valleys = star_of_valleys(landscape, potential, centre, width(first, d) / 2);
    if (valleys.log_octaves.size() >= 3 &&
        log_mass_beyond(valleys.log_octaves) > log_total + std::log(mass))
      return {};
    stars.push_back(valleys);
  }
  Box box{centre, centre};
  for (const Star &star : stars)
    widen_for(box, star, log_total, mass, d);
  if (reaches_the_end(box, d))
    return {};
  return box;
}
} // namespace lowland
