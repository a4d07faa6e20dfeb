// The L1 norm of a function on a cell on which it changes its sign.
#pragma once

#include "discretization/forward.h"

#include <vector>

namespace lowland
{
/// A rule for smooth functions integrates |g| to second order of the cell's size only, where g has a zero: the distance
/// of two densities would be known to some 1e-4 of itself, whatever the order of the elements. Where g has both signs,
/// the polynomial through its values at the points of the rule is integrated instead, on many parts of the cell.
template <int dim>
class AbsoluteIntegral
{
public:
  /// `rule`: a product of Gauss' rules.
  explicit AbsoluteIntegral(const dealii::Quadrature<dim> &rule);

  /// int |g| over the cell, from the terms of int g = sum_q terms[q]: values at the points times their measure.
  double operator()(const std::vector<double> &terms);

private:
  /// The polynomial's values at the points of `parts`, in their order.
  void interpolate();

  std::vector<double> rule_weights_, parts_weights_;
  std::vector<double> interpolation_; ///< along one axis: [s * n + q]
  std::size_t n_;                     ///< points of `rule` along one axis
  std::vector<double> values_, next_;
};
} // namespace lowland
