#include "model/initial_density.h"

#include "input/unread.h"

#include <cmath>
#include <limits>

namespace lowland
{
namespace
{
const char *section = "Initial density";

/// Beyond so many standard deviations a normal density is a rounding.
constexpr double reach = 8.5;
/// Wrapped around so small a part of its deviation, it is uniform but for roundings (exp(-2 pi^2 1.4^2) = 2e-17).
constexpr double widest = 1.4;

/// Row k of a list that has one row per Gaussian, or one for all of them; one number stands for all axes.
Coordinates row(const std::vector<std::vector<double>> &rows, std::size_t k, unsigned int dimension)
{
  const auto &numbers = rows[rows.size() == 1 ? 0 : k];
  Coordinates values{};
  for (unsigned int i = 0; i < dimension; ++i)
    values[i] = numbers[numbers.size() == 1 ? 0 : i];
  return values;
}

/// The rows of `key`: `wanted` of them or one, each with one number or one per axis.
std::vector<std::vector<double>> read_rows(const Parameters &parameters, const std::string &key,
                                           std::size_t wanted, unsigned int dimension)
{
  auto rows = parameters.rows(section, key);
  if (rows.size() != 1 && wanted != 0 && rows.size() != wanted)
    throw parameters.error(section, key,
                           "wants one entry, or one for each of the " + std::to_string(wanted) +
                               " means, separated by `;`");
  for (const auto &numbers : rows)
    if (numbers.size() != 1 && numbers.size() != dimension)
      throw parameters.error(section, key,
                             "wants one number, or one for each of the " +
                                 std::to_string(dimension) + " coordinates");
  return rows;
}

/// Bump::log_radial_mass for a mean m >= 0 and a deviation s: I_n = int r^n N(r) dr over r > 0 obeys
/// I_n = m I_(n-1) + (n-1) s^2 I_(n-2), by parts. In ratios, it overflows for no K.
double log_radial_mass(double m, double s, unsigned int k)
{
  const double z = m / s, below = 0.5 * std::erfc(-z / std::sqrt(2.0)); // I_0
  double log_integral = std::log(below);
  double ratio = m + s * std::exp(-z * z / 2) / (std::sqrt(2 * M_PI) * below); // I_1 / I_0
  for (unsigned int n = 1; n < k; ++n)
  {
    log_integral += std::log(ratio);
    ratio = m + n * s * s / ratio;
  }
  return log_sphere_area(k) + log_integral;
}

std::vector<Bump> read_bumps(const Parameters &parameters, unsigned int dimension, bool mixture)
{
  const auto means = read_rows(parameters, "Mean", 0, dimension);
  if (!mixture && means.size() != 1)
    throw parameters.error(section, "Mean", "a gaussian has one mean; use Kind = mixture");
  const auto deviations = read_rows(parameters, "Standard deviation", means.size(), dimension);
  const auto weights = parameters.numbers(section, "Weights");
  const unsigned int radial_dimension = parameters.integer("Landscape", "Radial dimension");
  if (weights.size() != 1 && weights.size() != means.size())
    throw parameters.error(section, "Weights", "wants one number, or one for each mean");

  std::vector<Bump> bumps(means.size());
  for (std::size_t k = 0; k < bumps.size(); ++k)
  {
    bumps[k].mean = row(means, k, dimension);
    bumps[k].deviation = row(deviations, k, dimension);
    bumps[k].weight = weights[weights.size() == 1 ? 0 : k];
    for (unsigned int i = 0; i < dimension; ++i)
      if (!(bumps[k].deviation[i] > 0))
        throw parameters.error(section, "Standard deviation", "must be positive");
    if (radial_dimension == 1)
      continue;
    const double radius = bumps[k].mean[dimension - 1];
    if (radius < 0)
      throw parameters.error(section, "Mean",
                             "the last coordinate is a radius, whose mean must not be negative");
    bumps[k].log_radial_mass =
        log_radial_mass(radius, bumps[k].deviation[dimension - 1], radial_dimension);
  }
  return bumps;
}

/// The Gaussian's density at a point.
double density(const Bump &bump, const Points &points, std::size_t q)
{
  double exponent = bump.log_radial_mass, normalisation = 1;
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
  refuse_unread(parameters, section, {"Noise", "File"});
  if (kind == "gaussian" || kind == "mixture")
  {
    bumps_ = read_bumps(parameters, dimension, kind == "mixture");
    description_ += ", mean " + parameters.text(section, "Mean") + ", standard deviation " +
                    parameters.text(section, "Standard deviation");
    mass_ = 0;
    for (const Bump &bump : bumps_)
      mass_ += bump.weight;
  }
  else if (kind == "uniform")
    kind_ = Kind::uniform;
  else if (kind == "file" || (kind == "invariant" && parameters.given(section, "Noise")))
    kind_ = Kind::computed;
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

InitialDensity InitialDensity::invariant()
{
  InitialDensity density;
  density.kind_ = Kind::invariant;
  return density;
}

InitialDensity InitialDensity::none()
{
  InitialDensity density;
  density.kind_ = Kind::none;
  return density;
}

void InitialDensity::set(std::shared_ptr<const ComputedDensity> computed, const std::string &what)
{
  kind_ = Kind::computed;
  mass_ = 1;
  computed_ = std::move(computed);
  description_ = what;
}

void InitialDensity::wrap(unsigned int axis, double lower, double upper)
{
  const double period = upper - lower;
  std::vector<Bump> wrapped;
  for (Bump bump : bumps_)
  {
    double &home = bump.mean[axis], &deviation = bump.deviation[axis];
    deviation = std::min(deviation, widest * period);
    home -= period * std::floor((home - lower) / period);
    const int n = std::ceil(reach * deviation / period);
    for (int k = -n; k <= n; ++k)
    {
      Bump image = bump;
      image.mean[axis] = home + k * period;
      image.is_image = bump.is_image || k != 0;
      if (image.mean[axis] + reach * deviation > lower &&
          image.mean[axis] - reach * deviation < upper)
        wrapped.push_back(image);
    }
  }
  bumps_ = wrapped;
}

double InitialDensity::resolution(const Points &points) const
{
  return computed_ ? computed_->resolution(points) : std::numeric_limits<double>::infinity();
}

std::optional<Box> InitialDensity::extent() const
{
  return computed_ ? std::optional<Box>(computed_->extent()) : std::nullopt;
}

void InitialDensity::evaluate(const Points &points, const Model &model,
                              std::vector<double> &values) const
{
  values.assign(points.size(), kind_ == Kind::uniform ? 1.0 : 0.0);
  if (kind_ == Kind::expression)
    formula_->evaluate(points, values);
  if (kind_ == Kind::computed)
    computed_->evaluate(points, values);
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
