#include "model/integrability.h"
#include "model/local_quadratic.h"
#include "model/shells.h"

#include <deal.II/base/quadrature_lib.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace lowland
{
namespace
{
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
} // namespace lowland
