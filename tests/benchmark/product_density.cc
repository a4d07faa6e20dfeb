#include "product_density.h"

#include "input/errors.h"

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/chebyshev.hpp>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

namespace lowland
{
ProductDensity::ProductDensity(const std::string &file)
{
  std::ifstream stream(file);
  const nlohmann::json json = nlohmann::json::parse(stream, nullptr, false);
  if (json.is_discarded())
    throw InputError(file + " is no reference density; tests/benchmark/reference.py writes them.");
  time_ = json.at("time");
  for (const nlohmann::json &entry : json.at("axes"))
  {
    Axis axis;
    axis.mean = entry.value("mean", 0.0);
    axis.deviation = entry.value("deviation", 1.0);
    axis.lower = entry.value("lower", -1.0);
    axis.upper = entry.value("upper", 1.0);
    axis.coefficients = entry.value("coefficients", std::vector<double>());
    axes_.push_back(axis);
  }
}

double ProductDensity::Axis::value(double x) const
{
  if (coefficients.empty())
  {
    const double s = (x - mean) / deviation;
    return std::exp(-0.5 * s * s) / (deviation * boost::math::constants::root_two_pi<double>());
  }
  const double s = (2 * x - lower - upper) / (upper - lower);
  // Boost halves the first coefficient.
  return 0.5 * coefficients[0] +
         boost::math::chebyshev_clenshaw_recurrence(coefficients.data(), coefficients.size(), s);
}

void ProductDensity::evaluate(const Points &points, std::vector<double> &values) const
{
  values.assign(points.size(), 1);
  for (unsigned int i = 0; i < points.dimension(); ++i)
    for (std::size_t q = 0; q < points.size(); ++q)
      values[q] *= axes_[i].value(points.x[i][q]);
}
} // namespace lowland
