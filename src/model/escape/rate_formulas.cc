#include "model/escape/rate_formulas.h"

#include <cmath>
#include <numeric>

namespace lowland
{
namespace
{
/// T of D = T I at a point, if D is of this form there.
std::optional<double> temperature(const Model &model, const Coordinates &point)
{
  const unsigned int d = model.dimension();
  ModelValues values;
  model.evaluate(single_point(d, point), values);
  const double t = values.diffusion.tensor[0][0];
  for (unsigned int i = 0; i < d; ++i)
    for (unsigned int j = 0; j <= i; ++j)
      if (std::abs(values.diffusion.tensor[packed(i, j)][0] - (i == j ? t : 0)) > 1e-12 * t)
        return {};
  return t > 0 ? std::optional<double>(t) : std::nullopt;
}

/// pi(x) ((2 pi T)^d / |det H|)^(1/2), pi relative to its maximum.
std::optional<double> laplace(const Model &model, const Coordinates &point,
                              const LocalQuadratic &loss)
{
  const auto t = temperature(model, point);
  double ratio = 1;
  for (unsigned int k = 0; k < model.dimension(); ++k)
    ratio *= 2 * M_PI * t.value_or(0) / std::abs(loss.curvatures[k]);
  if (!t || !std::isfinite(ratio))
    return {};
  return std::exp(model.equilibrium->log_relative_density(loss.loss)) * std::sqrt(ratio);
}

/// Whether positive conductances lead from the first well to all others.
bool is_connected(const WellChain::Matrix &conductances)
{
  std::vector<bool> reached(conductances.size(), false);
  std::vector<std::size_t> to_visit{0};
  reached[0] = true;
  while (!to_visit.empty())
  {
    const std::size_t i = to_visit.back();
    to_visit.pop_back();
    for (std::size_t j = 0; j < reached.size(); ++j)
      if (!reached[j] && conductances[i][j] > 0)
      {
        reached[j] = true;
        to_visit.push_back(j);
      }
  }
  return std::accumulate(reached.begin(), reached.end(), std::size_t(0)) == reached.size();
}
} // namespace

std::optional<WellChain> asymptotic_chain(const Model &model, const std::vector<Well> &minima,
                                          const std::vector<Saddle> &saddles)
{
  if (!model.equilibrium || !model.equilibrium->bounded() || model.radial_dimension() > 1)
    return {};
  const std::size_t n = minima.size();
  std::vector<double> masses;
  for (const Well &minimum : minima)
  {
    const auto mass = laplace(model, minimum.point, minimum.loss);
    if (!mass || minimum.loss.curvatures[0] <= 0)
      return {};
    masses.push_back(*mass);
  }
  WellChain::Matrix conductances(n, std::vector<double>(n, 0.0));
  for (const Saddle &saddle : saddles)
  {
    const auto integral = laplace(model, saddle.point, saddle.loss);
    if (!integral)
      return {};
    const double c = std::abs(saddle.loss.curvatures[0]) / (2 * M_PI) * *integral;
    conductances[saddle.from][saddle.to] += c;
    conductances[saddle.to][saddle.from] += c;
  }
  if (!is_connected(conductances))
    return {};
  return WellChain(conductances, masses);
}
} // namespace lowland
