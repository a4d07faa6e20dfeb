#include "tasks/problem/length_scales.h"

#include "model/search/point_vector.h"
#include "output/log.h"

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
/// The geometric means. A single minimum of a curve of minima would say which way the curve runs there, and nowhere else.
Coordinates mean_scales(const Model &model, const Domain &domain, const InitialDensity &start,
                        const std::vector<Minimum> &minima)
{
  Coordinates scale;
  scale.fill(1);
  for (unsigned int i = 0; i < domain.dimension; ++i)
    scale[i] = domain.kind == Domain::Kind::file ? 1 : domain.upper[i] - domain.lower[i];
  for (const Bump &bump : start.bumps())
    for (unsigned int i = 0; i < domain.dimension; ++i)
      scale[i] = std::min(scale[i], bump.deviation[i]);
  const auto potential = model.noise->equilibrium();
  if (!potential || domain.kind != Domain::Kind::box)
    return scale;
  Coordinates log_width{};
  double n = 0;
  for (auto minimum = minima.begin();
       minimum != minima.end() && same_loss(*minimum, minima.front()); ++minimum, ++n)
  {
    const LandscapeValues values = values_at(model.landscape, minimum->point, Derivatives::hessian);
    for (unsigned int i = 0; i < domain.dimension; ++i)
    {
      const double curvature =
          potential->derivative(values.loss[0]) * values.hessian[packed(i, i)][0];
      const double width = 1 / std::sqrt(curvature);
      const bool fits = width > 0 && width < domain.upper[i] - domain.lower[i];
      log_width[i] += std::log(fits ? width : scale[i]);
    }
  }
  for (unsigned int i = 0; i < domain.dimension && n > 0; ++i)
    scale[i] = std::sqrt(scale[i] * std::exp(log_width[i] / n));
  return scale;
}

/// Throws InputError where a box is so much wider than what varies in it that the vertices of a mesh, which have the
/// roundings of the width, would coincide.
void require_widths(const Parameters &parameters, const Domain &domain, const Coordinates &scale,
                    const InitialDensity &start)
{
  for (unsigned int i = 0; i < domain.dimension && domain.kind == Domain::Kind::box; ++i)
  {
    const double width = domain.upper[i] - domain.lower[i], least = 1e-13 * width;
    if (scale[i] >= least)
      continue;
    const std::string beside = ", less than 1e-13 of the width of the domain, " + format(width) +
                               ": no mesh resolves both";
    for (const Bump &bump : start.bumps())
      if (bump.deviation[i] < least)
        throw parameters.error("Initial density", "Standard deviation",
                               format(bump.deviation[i]) + beside);
    throw parameters.error("Noise", "Learning rate",
                           "start and invariant density vary over lengths of " + format(scale[i]) +
                               beside);
  }
}
} // namespace

Coordinates length_scales(const Parameters &parameters, const Model &model, const Domain &domain,
                          const InitialDensity &start, const std::vector<Minimum> &minima)
{
  const Coordinates scale = mean_scales(model, domain, start, minima);
  require_widths(parameters, domain, scale, start);
  return scale;
}
} // namespace lowland
