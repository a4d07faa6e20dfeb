#include "model/initial_density.h"

#include <deal.II/base/utilities.h>

#include <cmath>

namespace lowland
{
namespace
{
const char *section = "Initial density";

/// One value per axis from "a, b, c" or from a single number meant for all axes.
Coordinates per_axis(const Parameters &parameters, const std::string &key, const std::string &text,
                     unsigned int dimension)
{
  std::vector<double> numbers;
  try
  {
    numbers = dealii::Utilities::string_to_double(dealii::Utilities::split_string_list(text, ','));
  }
  catch (const dealii::ExceptionBase &)
  {
    throw parameters.error(section, key, "`" + text + "` is not a list of numbers");
  }
  if (numbers.size() != 1 && numbers.size() != dimension)
    throw parameters.error(section, key,
                           "one number, or one for each of the " + std::to_string(dimension) +
                               " coordinates");
  Coordinates values{};
  for (unsigned int i = 0; i < dimension; ++i)
    values[i] = numbers[numbers.size() == 1 ? 0 : i];
  return values;
}

std::vector<std::string> entries(const Parameters &parameters, const std::string &key)
{
  return dealii::Utilities::split_string_list(parameters.text(section, key), ';');
}

/// Entry k of a list that has one entry per Gaussian, or one for all of them.
const std::string &entry(const std::vector<std::string> &list, std::size_t k)
{
  return list[list.size() == 1 ? 0 : k];
}

std::vector<Bump> read_bumps(const Parameters &parameters, unsigned int dimension, bool mixture)
{
  const auto means = entries(parameters, "Mean");
  const auto deviations = entries(parameters, "Standard deviation");
  const auto weights = entries(parameters, "Weights");
  if (!mixture && means.size() != 1)
    throw parameters.error(section, "Mean", "a gaussian has one mean; use Kind = mixture");
  const auto fits = [&](std::size_t n) { return n == 1 || n == means.size(); };
  const std::string wanted = "one entry, or one for each of the " + std::to_string(means.size()) +
                             " means, separated by `;`";
  if (!fits(deviations.size()))
    throw parameters.error(section, "Standard deviation", wanted);
  if (!fits(weights.size()))
    throw parameters.error(section, "Weights", wanted);

  std::vector<Bump> bumps(means.size());
  for (std::size_t k = 0; k < bumps.size(); ++k)
  {
    bumps[k].mean = per_axis(parameters, "Mean", means[k], dimension);
    bumps[k].deviation =
        per_axis(parameters, "Standard deviation", entry(deviations, k), dimension);
    bumps[k].weight = per_axis(parameters, "Weights", entry(weights, k), 1)[0];
    for (unsigned int i = 0; i < dimension; ++i)
      if (!(bumps[k].deviation[i] > 0))
        throw parameters.error(section, "Standard deviation", "must be positive");
    if (!(bumps[k].weight > 0))
      throw parameters.error(section, "Weights", "must be positive");
  }
  return bumps;
}

/// The Gaussian's density at a point.
double density(const Bump &bump, const Points &points, std::size_t q)
{
  double exponent = 0, normalisation = 1;
  for (unsigned int i = 0; i < points.dimension(); ++i)
  {
    const double z = (points.x[i][q] - bump.mean[i]) / bump.deviation[i];
    exponent += z * z / 2;
    normalisation *= std::sqrt(2 * M_PI) * bump.deviation[i];
  }
  return bump.weight * std::exp(-exponent) / normalisation;
}
} // namespace

InitialDensity::InitialDensity(const Parameters &parameters)
{
  const std::string kind = parameters.text(section, "Kind");
  const unsigned int dimension = parameters.integer("", "Dimension");
  description_ = kind;
  if (kind == "gaussian" || kind == "mixture")
  {
    bumps_ = read_bumps(parameters, dimension, kind == "mixture");
    description_ += ", mean " + parameters.text(section, "Mean") + ", standard deviation " +
                    parameters.text(section, "Standard deviation");
  }
  else if (kind == "uniform")
    kind_ = Kind::uniform;
  else if (kind == "invariant")
    kind_ = Kind::invariant;
  else
  {
    kind_ = Kind::expression;
    description_ += ", " + parameters.text(section, "Formula");
    try
    {
      formula_ = std::make_shared<Function>(parameters.text(section, "Formula"), dimension);
    }
    catch (const FormulaError &e)
    {
      throw parameters.error(section, "Formula", e.what());
    }
  }
}

void InitialDensity::evaluate(const Points &points, const Model &model,
                              std::vector<double> &values) const
{
  values.assign(points.size(), kind_ == Kind::uniform ? 1.0 : 0.0);
  if (kind_ == Kind::expression)
    formula_->evaluate(points, values);
  if (kind_ == Kind::invariant)
  {
    LandscapeValues landscape;
    model.landscape.evaluate(points, Derivatives::none, landscape);
    for (std::size_t q = 0; q < points.size(); ++q)
      values[q] = std::exp(model.equilibrium->log_relative_density(landscape.loss[q]));
  }
  for (const Bump &bump : bumps_)
    for (std::size_t q = 0; q < points.size(); ++q)
      values[q] += density(bump, points, q);
}
} // namespace lowland
