// Smooth interpolation of values on a regular grid.
#pragma once

#include "model/points.h"

namespace lowland
{
/// The interpolating tensor-product spline of degree 5, four times continuously differentiable, with
/// the nodes next to the ends of each axis left out as knots ("not-a-knot"), so that polynomials of
/// degree 5 are exact. B-splines by GSL.
class Spline
{
public:
  /// Points along an axis that a spline of degree 5 needs.
  static constexpr std::size_t fewest_points = 6;

  /// `values` at origin + (i, j, k) spacing, i fastest, sizes[0] x sizes[1] x ... of them.
  Spline(unsigned int dimension, const std::array<std::size_t, 3> &sizes, const Coordinates &origin,
         const Coordinates &spacing, std::vector<double> values);

  /// Values and all derivatives up to `order` (at most 3) in the order of with_derivatives(), each
  /// over all points. Outside the grid the nearest point of its rim counts.
  void evaluate(const Points &points, unsigned int order, Components &results) const;

private:
  unsigned int dimension_;
  std::array<std::size_t, 3> sizes_;
  Coordinates origin_, spacing_;
  std::vector<double> coefficients_; ///< of the products of B-splines, i fastest
};
} // namespace lowland
