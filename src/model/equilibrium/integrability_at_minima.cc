#include "model/equilibrium/integrability.h"
#include "model/equilibrium/shells.h"
#include "model/search/local_quadratic.h"
#include "model/search/minimizer.h"

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

/// What f may be at a point where it is 0 but for roundings: those of f, and those of the point's coordinates, which
/// show where f rises steeply, as beside the root of a distance.
double rounding_of_zero(const Landscape &landscape, const Coordinates &point, double radius)
{
  const double loss = landscape.value(point);
  double change = 0;
  for (unsigned int i = 0; i < landscape.dimension(); ++i)
    for (const double side : {-INFINITY, INFINITY})
    {
      Coordinates next = point;
      next[i] = std::nextafter(point[i], side);
      change = std::max(change, std::fabs(landscape.value(next) - loss));
    }
  return std::max(1e-13 * largest_loss_around(landscape, point, radius), 4 * change);
}

/// The middle of a ball on which f is 0, at a distance of `radius` or less from the point. The rays lie off the axes
/// and diagonals, along which zero sets without interior may run.
std::optional<Coordinates> plateau_at(const Landscape &landscape, const Coordinates &point,
                                      double radius)
{
  const unsigned int d = landscape.dimension();
  const Coordinates skew = {{std::cos(1.), std::sin(1.), 0}},
                    across = {{-std::sin(1.), std::cos(1.), 0}};
  const std::vector<Coordinates> basis =
      d == 1 ? std::vector<Coordinates>{axis(0)} : std::vector<Coordinates>{skew, across, axis(2)};
  const auto is_zero = [&](const Coordinates &centre, double r) {
    const auto rays = sphere(d, 8);
    return std::all_of(rays.begin(), rays.end(), [&](const Ray &ray) {
      return landscape.value(combined(centre, r, ray, basis)) == 0;
    });
  };
  for (double r = radius; r > 1e-5 * radius; r /= 4)
    for (const Ray &ray : sphere(d, 8))
      if (const Coordinates centre = combined(point, r, ray, basis); is_zero(centre, 0.1 * r))
        return centre;
  return {};
}

/// Which way zeros of f continue on the side of `direction`: a descent from there stays away and ends at 0.
std::optional<Coordinates> zeros_towards(const Landscape &landscape, const Coordinates &point,
                                         const Coordinates &direction, double radius)
{
  const Coordinates half = {{2 * radius, 2 * radius, 2 * radius}};
  Minimizer minimizer(landscape, {along(point, -1, half), along(point, 1, half)});
  const Coordinates end = minimizer.from(along(point, radius, direction));
  const Coordinates way = along(end, -1, point);
  if (landscape.value(end) > rounding_of_zero(landscape, end, radius) || norm(way) < radius / 4)
    return {};
  return along({}, 1 / norm(way), way);
}

/// Adds what of `direction` is orthogonal to an orthonormal basis, unless that is little.
void add_orthogonal(std::vector<Coordinates> &basis, Coordinates direction)
{
  for (const Coordinates &other : basis)
    direction = along(direction, -dot(direction, other), other);
  if (norm(direction) > 0.3)
    basis.push_back(along({}, 1 / norm(direction), direction));
}

/// The part of the space of these orthonormal directions across which the zeros of f do not continue. Beside a kink they
/// may continue along none of the directions themselves.
std::vector<Coordinates> across_zeros(const Landscape &landscape, const Coordinates &point,
                                      const std::vector<Coordinates> &directions, double radius)
{
  std::vector<Coordinates> basis;
  for (const Coordinates &direction : directions)
    if (const auto way = zeros_towards(landscape, point, direction, radius))
    {
      Coordinates within{};
      for (const Coordinates &other : directions)
        within = along(within, dot(*way, other), other);
      add_orthogonal(basis, within);
    }
  const std::size_t n_along = basis.size();
  for (const Coordinates &direction : directions)
    add_orthogonal(basis, direction);
  basis.erase(basis.begin(), basis.begin() + n_along);
  return basis;
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

NormalSpace normal_space(const Landscape &landscape, const Coordinates &point, double radius)
{
  const unsigned int d = landscape.dimension();
  const LocalQuadratic local = local_quadratic(landscape, point);
  NormalSpace normal;
  std::vector<Coordinates> flat;
  for (unsigned int k = 0; k < d; ++k)
  {
    const double curvature = local.curvatures[k];
    const Coordinates &direction = local.directions[k];
    if (curvature <= 1e-6 * local.curvatures[d - 1])
      flat.push_back(direction);
    else if (is_quadratic_along(landscape, point, direction, curvature, radius))
      normal.quadratic.push_back(direction);
    else
      normal.degenerate.push_back(direction);
  }
  for (const Coordinates &direction : across_zeros(landscape, point, flat, radius))
    normal.degenerate.push_back(direction);
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

/// How many shells, each of half the radius of the one before, show how the mass falls. Where f rises steeply more do:
/// |x|^(1/2) outweighs y^2 only far in.
int number_of_shells(const Landscape &landscape, const Coordinates &point,
                     const NormalSpace &normal, double radius)
{
  const bool is_exact =
      norm(point) == 0; // otherwise roundings of the point's coordinates show below 1e-5
  const auto largest_loss = [&](double r) {
    double largest = 0;
    for (const Coordinates &direction : normal.degenerate)
      for (const double side : {-r, r})
        largest = std::max(largest, landscape.value(along(point, side, direction)));
    return largest;
  };
  int n_shells = is_exact ? 16 : 13;
  while (n_shells < 30 && largest_loss(std::ldexp(radius, -n_shells)) > 1e-6 * largest_loss(radius))
    ++n_shells;
  return n_shells;
}

/// Log masses of the shells radius 2^-(j+1) < |u| < radius 2^-j.
std::vector<double> shell_masses(const Landscape &landscape, const Potential &potential,
                                 const Coordinates &point, const NormalSpace &normal, double radius)
{
  std::vector<double> masses(number_of_shells(landscape, point, normal, radius));
  for (std::size_t j = 0; j < masses.size(); ++j)
  {
    const double outer = std::ldexp(radius, -static_cast<int>(j));
    masses[j] =
        log_mass(landscape, potential, shell_samples(point, normal, outer / 2, outer, radius));
  }
  return masses;
}

/// Whether f rises from this zero like r^q with q < 2; 7/4 tells r^2 log^2 r from that.
bool rises_steeply(const Landscape &landscape, const Coordinates &zero,
                   const Coordinates &direction, double radius)
{
  const double r = 1e-5 * radius;
  const double half = landscape.value(along(zero, r / 2, direction));
  return half > 0 && landscape.value(along(zero, r, direction)) < std::exp2(1.75) * half;
}

bool is_reached_in_time(const Landscape &landscape, const Coordinates &point,
                        const std::vector<Coordinates> &directions, double radius)
{
  for (const Coordinates &direction : directions)
    for (const double side : {-1., 1.})
      if (rises_steeply(landscape, point, along({}, side, direction), radius))
        return true;
  return false;
}

/// The same for a ball on which f is 0, of which this is the middle.
bool is_plateau_reached_in_time(const Landscape &landscape, const Coordinates &middle,
                                double radius)
{
  for (unsigned int i = 0; i < landscape.dimension(); ++i)
    for (const double side : {-1., 1.})
    {
      const Coordinates direction = along({}, side, axis(i));
      const auto is_zero = [&](double r) {
        return landscape.value(along(middle, r, direction)) == 0;
      };
      double inside = 0, outside = radius;
      while (is_zero(outside) && outside < 1e6 * radius)
        outside *= 2;
      for (unsigned int k = 0; k < 60; ++k)
      {
        const double r = 0.5 * (inside + outside);
        (is_zero(r) ? inside : outside) = r;
      }
      if (rises_steeply(landscape, along(middle, inside, direction), direction, radius))
        return true;
    }
  return false;
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
  if (minimum.loss > rounding_of_zero(landscape, point, radius))
    return {};
  if (const auto inside = plateau_at(landscape, point, radius))
    return Divergence{*inside,
                      "the loss is 0 throughout a neighbourhood of this point, where there is "
                      "neither drift nor noise",
                      is_plateau_reached_in_time(landscape, *inside, radius)};
  const NormalSpace normal = normal_space(landscape, point, radius);
  if (normal.degenerate.empty())
  {
    const double p = exponent_of(potential);
    if (2 * p < normal.codimension() - 1e-9)
      return {};
    return Divergence{point, codimension_reason(normal.codimension(), p), false};
  }
  const Verdict verdict = raabe(shell_masses(landscape, potential, point, normal, radius));
  if (verdict.converges)
    return {};
  return Divergence{point, shell_reason(verdict.log_ratio),
                    is_reached_in_time(landscape, point, normal.degenerate, radius)};
}
} // namespace lowland
