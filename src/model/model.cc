#include "model/model.h"

#include <algorithm>
#include <cmath>

namespace lowland
{
Model::Model(const Parameters &parameters)
    : landscape(parameters), learning_rate(parameters),
      noise(Noise::create(parameters, landscape, learning_rate.reference())),
      radial_dimension_(parameters.integer("Landscape", "Radial dimension"))
{
}

double log_sphere_area(unsigned int k)
{
  return std::log(2.0) + 0.5 * k * std::log(M_PI) - std::lgamma(0.5 * k);
}

void Model::measure(const Points &points, std::vector<double> &values) const
{
  values.assign(points.size(), 1.0);
  if (radial_dimension_ == 1)
    return;
  const double log_area = log_sphere_area(radial_dimension_), power = radial_dimension_ - 1.0;
  const auto &r = points.x.back();
  for (std::size_t q = 0; q < points.size(); ++q)
    values[q] = std::exp(log_area + power * std::log(std::max(r[q], 0.0)));
}

void Model::evaluate(const Points &points, ModelValues &values, Derivatives order) const
{
  const unsigned int d = points.dimension();
  const std::size_t n = points.size();
  landscape.evaluate(points, std::max({order, noise->needs(), Derivatives::gradient}),
                     values.landscape);
  noise->evaluate(points, values.landscape, values.diffusion);

  values.log_relative_pi.resize(equilibrium ? n : 0);
  values.weight.resize(n);
  for (Components *field : {&values.drift, &values.log_weight_gradient})
    field->assign(d, std::vector<double>(n, 0.0));
  for (std::size_t q = 0; q < n; ++q)
  {
    const double loss = values.landscape.loss[q];
    double log_pi = 0, slope = 0;
    if (equilibrium)
    {
      log_pi = values.log_relative_pi[q] = equilibrium->log_relative_density(loss);
      slope = equilibrium->log_density_slope(loss);
    }
    values.weight[q] = weight.value(log_pi);
    const double fraction = weight.drift_fraction(log_pi);
    for (unsigned int i = 0; i < d; ++i)
    {
      const double gradient = values.landscape.gradient[i][q];
      values.drift[i][q] = fraction * (gradient + values.diffusion.divergence[i][q]);
      values.log_weight_gradient[i][q] = (1 - fraction) * slope * gradient;
    }
  }
}

namespace
{
/// (div D + D grad log w)_i at point q.
double noise_drift(const ModelValues &values, unsigned int i, std::size_t q)
{
  double sum = values.diffusion.divergence[i][q];
  for (unsigned int j = 0; j < values.drift.size(); ++j)
    sum += values.diffusion.tensor[packed(i, j)][q] * values.log_weight_gradient[j][q];
  return sum;
}

void scale(double factor, Components &field)
{
  for (auto &component : field)
    for (double &value : component)
      value *= factor;
}
} // namespace

void Model::scale_noise(double s, ModelValues &values) const
{
  if (s == 1)
    return;
  for (unsigned int i = 0; i < values.drift.size(); ++i)
    for (std::size_t q = 0; q < values.drift[i].size(); ++q)
      values.drift[i][q] -= (1 - s) * noise_drift(values, i, q);
  scale(s, values.diffusion.tensor);
  scale(s, values.diffusion.divergence);
}

void Model::noise_removal(ModelValues &values) const
{
  for (unsigned int i = 0; i < values.drift.size(); ++i)
    for (std::size_t q = 0; q < values.drift[i].size(); ++q)
      values.drift[i][q] = -noise_drift(values, i, q);
  scale(-1, values.diffusion.tensor);
  scale(-1, values.diffusion.divergence);
}
} // namespace lowland
