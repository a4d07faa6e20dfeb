#include "model/integrability.h"
#include "model/local_quadratic.h"
#include "model/shells.h"

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
  for (unsigned int i = 0; i < dimension; ++i)
    if (box.upper[i] - box.lower[i] > outermost / 2)
      return true;
  return false;
}

/// Widens `box` by what the star asks for, with the masses measured against exp(log_total).
void widen(Box &box, const Star &star, double log_total, double mass, unsigned int dimension)
{
  const double share =
      mass / (2 * dimension) * std::exp(std::min(700., log_total - star.log_total));
  for (unsigned int i = 0; i < dimension; ++i)
  {
    box.lower[i] =
        std::min(box.lower[i], star.centre[i] - distance_holding(star.sides[2 * i], share));
    box.upper[i] =
        std::max(box.upper[i], star.centre[i] + distance_holding(star.sides[2 * i + 1], share));
  }
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
  widen(first, stars[0], stars[0].log_total, mass, d);
  if (reaches_the_end(first, d))
    return {};

  for (const Minimum &minimum : lowest_minima(landscape, centre, first))
    stars.push_back(star_around(landscape, potential, minimum.point));
  double log_total = -INFINITY;
  for (const Star &star : stars)
    log_total = std::max(log_total, star.log_total);
  Box box{centre, centre};
  for (const Star &star : stars)
    widen(box, star, log_total, mass, d);
  if (reaches_the_end(box, d))
    return {};
  return box;
}
} // namespace lowland
