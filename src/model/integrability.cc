// Whether exp(-V(f)) can be integrated near a minimum and at infinity.
//
// Both compare the masses m_0, m_1, ... of shells that shrink by halves (or grow by doubles). With
// s_j = log(m_j / m_{j+1}): a power leaves s_j constant, and its sign decides; a logarithm makes it
// fall like b/(j+c), and the masses' sum converges for b > 1 (Raabe's test). 1/s_j is then linear
// in j with slope 1/b, which gives b without knowing c.
#include "model/minima.h"

#include "model/local_quadratic.h"

#include <deal.II/base/quadrature_lib.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace lowland
{
namespace
{
/// A direction and its share of the unit sphere's surface.
struct Ray
{
  Coordinates direction{};
  double weight = 0;
};

std::vector<Ray> circle(unsigned int n)
{
  std::vector<Ray> rays;
  for (unsigned int k = 0; k < n; ++k)
  {
    const double angle = 2 * M_PI * k / n;
    rays.push_back({{{std::cos(angle), std::sin(angle), 0}}, 2 * M_PI / n});
  }
  return rays;
}

/// Quadrature over the unit sphere of R^dimension, n points around an equator; {0} with weight 1
/// for dimension 0.
std::vector<Ray> sphere(unsigned int dimension, unsigned int n)
{
  if (dimension == 0)
    return {{{}, 1.}};
  if (dimension == 1)
    return {{{{1, 0, 0}}, 1.}, {{{-1, 0, 0}}, 1.}};
  if (dimension == 2)
    return circle(n);
  std::vector<Ray> rays;
  const dealii::QGauss<1> heights(n / 2);
  for (unsigned int h = 0; h < heights.size(); ++h)
  {
    const double z = 2 * heights.point(h)[0] - 1, r = std::sqrt(1 - z * z);
    for (const Ray &ray : circle(n))
      rays.push_back(
          {{{r * ray.direction[0], r * ray.direction[1], z}}, 2 * heights.weight(h) * ray.weight});
  }
  return rays;
}

/// Radii and weights of int r^(dimension-1) dr over [inner, outer]: Gauss in log r on each octave.
std::vector<std::pair<double, double>> radii(double inner, double outer, unsigned int dimension)
{
  const dealii::QGauss<1> gauss(4);
  const unsigned int n_octaves = std::max(1L, std::lround(std::log2(outer / inner)));
  const double length = std::log(outer / inner) / n_octaves;
  std::vector<std::pair<double, double>> result;
  for (unsigned int k = 0; k < n_octaves; ++k)
    for (unsigned int i = 0; i < gauss.size(); ++i)
    {
      const double r = inner * std::exp((k + gauss.point(i)[0]) * length);
      result.emplace_back(r, gauss.weight(i) * length * std::pow(r, dimension));
    }
  return result;
}

/// log of sum_q exp(values_q), without overflow; values that are not numbers count as zero mass.
double log_sum_exp(const std::vector<double> &values)
{
  double largest = -INFINITY, sum = 0;
  for (const double v : values)
    if (v > largest)
      largest = v;
  if (!std::isfinite(largest))
    return largest;
  for (const double v : values)
    if (!std::isnan(v))
      sum += std::exp(v - largest);
  return largest + std::log(sum);
}

double at_least_positive(double loss)
{
  return std::max(loss, 1e-300);
}

/// What a sequence of shells' log masses says about the sum of the masses.
struct Verdict
{
  bool converges;
  double log_ratio; ///< s of the last pair
};

Verdict raabe(const std::vector<double> &log_masses)
{
  constexpr double critical = 1e-3;
  const std::size_t n = log_masses.size();
  if (log_masses[n - 1] == -INFINITY)
    return {true, INFINITY};
  const double s = log_masses[n - 2] - log_masses[n - 1];
  const double s_before = log_masses[n - 3] - log_masses[n - 2];
  if (s < critical)
    return {false, s};
  const double slope = 1 / s - 1 / s_before; // 1/b
  return {slope < 1, s};
}

/// Directions at a minimum, sorted by how f leaves it: along its zero set, slower than
/// quadratically or in an unknown way, and quadratically.
struct NormalSpace
{
  std::vector<Coordinates> degenerate, quadratic;
  unsigned int codimension() const { return degenerate.size() + quadratic.size(); }
};

/// Radius of the largest shell, small against the features of f, of which |point| is the only
/// length known.
double outer_radius(const Coordinates &point)
{
  return 0.1 * std::min(1., norm(point) == 0 ? 1. : std::max(norm(point), 0.1));
}

double largest_loss_around(const Landscape &landscape, const Coordinates &point, double radius)
{
  double largest = 0;
  for (unsigned int i = 0; i < landscape.dimension(); ++i)
    for (const double side : {-radius, radius})
      largest = std::max(largest, landscape.value(along(point, side, axis(i))));
  return largest;
}

/// Whether zeros of f continue in `direction`: a descent from a point on that side stays away and
/// ends at 0.
bool has_zeros_along(const Landscape &landscape, const Coordinates &point,
                     const Coordinates &direction, double radius, double zero)
{
  const Coordinates half = {{2 * radius, 2 * radius, 2 * radius}};
  Minimizer minimizer(landscape, along(point, -1, half), along(point, 1, half));
  const Coordinates end = minimizer.from(along(point, radius, direction));
  return landscape.value(end) <= zero && norm(along(end, -1, point)) > radius / 4;
}

/// f = curvature/2 r^2 at two small radii, to a few percent: excludes r^2 log^2 r.
bool is_quadratic_along(const Landscape &landscape, const Coordinates &point,
                        const Coordinates &direction, double curvature, double radius)
{
  for (const double r : {1e-2 * radius, 1e-3 * radius})
    for (const double side : {-r, r})
    {
      const double expected = curvature * r * r / 2;
      const double loss = landscape.value(along(point, side, direction));
      if (!(std::fabs(loss - expected) < 0.05 * expected))
        return false;
    }
  return true;
}

NormalSpace normal_space(const Landscape &landscape, const Coordinates &point, double radius,
                         double zero)
{
  const unsigned int d = landscape.dimension();
  const LocalQuadratic local = local_quadratic(landscape, point);
  NormalSpace normal;
  for (unsigned int k = 0; k < d; ++k)
  {
    const bool is_flat = local.curvatures[k] <= 1e-6 * local.curvatures[d - 1];
    const Coordinates &direction = local.directions[k];
    if (is_flat && has_zeros_along(landscape, point, direction, radius, zero))
      continue;
    const bool is_quadratic =
        !is_flat && is_quadratic_along(landscape, point, direction, local.curvatures[k], radius);
    (is_quadratic ? normal.quadratic : normal.degenerate).push_back(direction);
  }
  // Zero sets that cross leave no normal direction: the diagonal is one.
  if (normal.codimension() == 0)
    normal.degenerate.push_back(along(local.directions[0], 1, local.directions[d - 1]));
  return normal;
}

Coordinates combined(const Coordinates &origin, double r, const Ray &ray,
                     const std::vector<Coordinates> &basis)
{
  Coordinates point = origin;
  for (std::size_t k = 0; k < basis.size(); ++k)
    point = along(point, r * ray.direction[k], basis[k]);
  return point;
}

/// Points and log weights of a quadrature rule.
struct Samples
{
  std::vector<Coordinates> points;
  std::vector<double> log_weights;
};

/// log of the integral of exp(-V(f)).
double log_mass(const Landscape &landscape, const Potential &potential, const Samples &samples)
{
  Points points(landscape.dimension(), samples.points.size());
  for (std::size_t q = 0; q < points.size(); ++q)
    for (unsigned int i = 0; i < points.dimension(); ++i)
      points.x[i][q] = samples.points[q][i];
  LandscapeValues values;
  landscape.evaluate(points, Derivatives::none, values);
  std::vector<double> logs(points.size());
  for (std::size_t q = 0; q < points.size(); ++q)
    logs[q] = samples.log_weights[q] - potential(at_least_positive(values.loss[q]));
  return log_sum_exp(logs);
}

/// The shell inner < |u| < outer of the degenerate directions u, times the ball |w| < radius of the
/// quadratic ones, graded towards w = 0 because f there is small only for |w| of the order of a
/// power of |u|.
Samples shell_samples(const Coordinates &point, const NormalSpace &normal, double inner,
                      double outer, double radius)
{
  const unsigned int n_quadratic = normal.quadratic.size();
  const auto core = n_quadratic == 0 ? std::vector<std::pair<double, double>>{{0., 1.}}
                                     : radii(1e-18 * radius, radius, n_quadratic);
  Samples samples;
  for (const auto &[r, r_weight] : radii(inner, outer, normal.degenerate.size()))
    for (const Ray &ray : sphere(normal.degenerate.size(), 24))
      for (const auto &[c, c_weight] : core)
        for (const Ray &core_ray : sphere(n_quadratic, 12))
        {
          const Coordinates on_shell = combined(point, r, ray, normal.degenerate);
          samples.points.push_back(combined(on_shell, c, core_ray, normal.quadratic));
          samples.log_weights.push_back(
              std::log(r_weight * ray.weight * c_weight * core_ray.weight));
        }
  return samples;
}

/// Log masses of the shells radius 2^-(j+1) < |u| < radius 2^-j.
std::vector<double> shell_masses(const Landscape &landscape, const Potential &potential,
                                 const Coordinates &point, const NormalSpace &normal, double radius)
{
  const bool is_exact =
      norm(point) == 0; // otherwise roundings of the point's coordinates show below 1e-5
  const int n_shells = is_exact ? 16 : 13;
  std::vector<double> masses(n_shells);
  for (int j = 0; j < n_shells; ++j)
    masses[j] = log_mass(
        landscape, potential,
        shell_samples(point, normal, std::ldexp(radius, -j - 1), std::ldexp(radius, -j), radius));
  return masses;
}

/// p of exp(-V) ~ f^-p for f -> 0.
double exponent_of(const Potential &potential)
{
  const double larger = 1e-40, smaller = 1e-80;
  return (potential(larger) - potential(smaller)) / std::log(larger / smaller);
}

std::string codimension_reason(unsigned int codimension, double p)
{
  std::ostringstream text;
  text << "the density behaves like f^-" << p << " near minimisers of loss 0 and codimension "
       << codimension << ", where it can be integrated only for exponents below "
       << codimension / 2.;
  return text.str();
}

std::string shell_reason(double log_ratio)
{
  std::ostringstream text;
  text << "the mass of shells that shrink by halves towards this minimiser of loss 0 does not fall "
          "fast enough to have a finite sum: the last one holds "
       << std::exp(-log_ratio) << " times the one before";
  return text.str();
}
} // namespace

std::optional<Divergence> divergence_at(const Landscape &landscape, const Potential &potential,
                                        const Minimum &minimum)
{
  if (std::isfinite(potential(0.)))
    return {};
  const Coordinates &point = minimum.point;
  const double radius = outer_radius(point);
  const double zero = 1e-13 * largest_loss_around(landscape, point, radius);
  if (minimum.loss > zero)
    return {};
  const NormalSpace normal = normal_space(landscape, point, radius, zero);
  if (normal.degenerate.empty())
  {
    const double p = exponent_of(potential);
    if (2 * p < normal.codimension() - 1e-9)
      return {};
    return Divergence{point, codimension_reason(normal.codimension(), p)};
  }
  const Verdict verdict = raabe(shell_masses(landscape, potential, point, normal, radius));
  if (verdict.converges)
    return {};
  return Divergence{point, shell_reason(verdict.log_ratio)};
}

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
