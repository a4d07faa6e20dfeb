// The L1 norm of a function on a cell on which it changes its sign.
#pragma once

#include "discretization/forward.h"

#include <vector>

namespace lowland
{
/// A rule for smooth functions integrates |g| to second order of the cell's size only, where g has a zero: the distance
/// of two densities would be known to some 1e-4 of itself, whatever the order of the elements. Where g = weight * factor
/// has both signs, the polynomials through the values of factor and log(weight) at the points of the rule are taken
/// instead, on many parts of the cell: densities change by powers of e over a cell, and their logarithms little.
template <int dim>
class AbsoluteIntegral
{
public:
  /// `rule`: a product of Gauss' rules.
  explicit AbsoluteIntegral(const dealii::Quadrature<dim> &rule);

  /// int |g| over the cell. `weights`: positive, those of the rule and the measure included, so that
  /// int g = sum_q weights[q] factors[q].
  double operator()(const std::vector<double> &weights, const std::vector<double> &factors);

private:
  /// Of the polynomial with these values at the rule's points those at the points of the parts, in their order.
  void interpolate(std::vector<double> &values);

  std::vector<double> rule_weights_, parts_weights_;
  /// Along each axis: [s * n + q], n points of the rule.
  std::vector<std::vector<double>> interpolations_;
  std::vector<double> log_weights_, factors_, next_;
};
} // namespace lowland
