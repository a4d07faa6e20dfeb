#include "model/equilibrium/shells.h"

#include <deal.II/base/quadrature_lib.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
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
} // namespace

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

Coordinates combined(const Coordinates &origin, double r, const Ray &ray,
                     const std::vector<Coordinates> &basis)
{
  Coordinates point = origin;
  for (std::size_t k = 0; k < basis.size(); ++k)
    point = along(point, r * ray.direction[k], basis[k]);
  return point;
}

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
} // namespace lowland
