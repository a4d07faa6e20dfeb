// The known density that a benchmark is measured against: a product of densities of one variable.
#pragma once

#include "model/points.h"

#include <string>
#include <vector>

namespace lowland
{
/// rho(x) = product over the axes of a Gaussian or of a Chebyshev series, at one time.
class ProductDensity
{
public:
  /// Reads what reference.py wrote. Throws InputError.
  explicit ProductDensity(const std::string &file);

  double time() const { return time_; }
  void evaluate(const Points &points, std::vector<double> &values) const;

private:
  /// A density of one variable: a series where there are coefficients, else a Gaussian.
  struct Axis
  {
    double mean = 0, deviation = 1, lower = -1, upper = 1;
    std::vector<double> coefficients;

    double value(double x) const;
  };

  double time_;
  std::vector<Axis> axes_;
};
} // namespace lowland
