// Polynomials of rising degree on one cell, orthonormal in L2(w): what the modes of high degree carry
// tells how large the error of the finite elements is.
#pragma once

#include "discretization/forward.h"

#include <vector>

namespace lowland
{
/// The w-orthonormal basis of the tensor-product polynomials of degree k, made from products of
/// Legendre polynomials sorted by their largest degree (Cholesky factor of their Gram matrix).
template <int dim>
class HierarchicalBasis
{
public:
  HierarchicalBasis(unsigned int degree, const dealii::Quadrature<dim> &quadrature);

  /// Makes the basis orthonormal for sum_q weights[q] p(x_q)^2.
  void reinit(const std::vector<double> &weights);

  /// sum_q weights |u - P_k u|: the L1 distance of a known function from its best approximation.
  double projection_error(const std::vector<double> &values);
  /// P_k u at the points, of the last function.
  const std::vector<double> &projection() const { return projection_; }

  /// Estimate of the error of a polynomial `values` of degree k + 1, one more than that of this basis: the L1 norm of
  /// what that degree adds, times the observed decay of the modes from one degree to the next (at most 1).
  double estimated_error(const std::vector<double> &values);

private:
  void compute_modes(const std::vector<double> &values);
  /// P_k of a function, at the points.
  void project(const std::vector<double> &values);

  unsigned int degree_, n_, n_points_;
  std::vector<double> legendre_;       ///< [q * n + i]
  std::vector<double> scaled_;         ///< the same times the roots of the weights
  std::vector<double> weights_, gram_; ///< gram_: lower Cholesky factor after reinit
  std::vector<double> modes_, coefficients_, projection_;
};
} // namespace lowland
