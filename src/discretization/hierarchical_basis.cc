#include "discretization/hierarchical_basis.h"

#include <deal.II/base/quadrature.h>
#include <deal.II/lac/lapack_templates.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace lowland
{
namespace
{
/// Legendre polynomials of degree 0..k at x in [0, 1].
std::vector<double> legendre(unsigned int k, double x)
{
  std::vector<double> p(k + 1, 1.0);
  const double s = 2 * x - 1;
  for (unsigned int j = 1; j <= k; ++j)
    p[j] = j == 1 ? s : ((2 * j - 1) * s * p[j - 1] - (j - 1) * p[j - 2]) / j;
  return p;
}

/// Degrees per axis of all products of degree at most k, sorted by the largest of them.
template <int dim>
std::vector<std::array<unsigned int, dim>> sorted_degrees(unsigned int k)
{
  std::size_t n = 1;
  for (int i = 0; i < dim; ++i)
    n *= k + 1;
  std::vector<std::array<unsigned int, dim>> degrees(n);
  for (std::size_t m = 0; m < n; ++m)
    for (std::size_t i = 0, rest = m; i < dim; ++i, rest /= k + 1)
      degrees[m][i] = rest % (k + 1);
  const auto largest = [](const auto &a) { return *std::max_element(a.begin(), a.end()); };
  std::stable_sort(degrees.begin(), degrees.end(),
                   [&](const auto &a, const auto &b) { return largest(a) < largest(b); });
  return degrees;
}
} // namespace

template <int dim>
HierarchicalBasis<dim>::HierarchicalBasis(unsigned int degree,
                                          const dealii::Quadrature<dim> &quadrature)
    : degree_(degree), n_points_(quadrature.size())
{
  const auto degrees = sorted_degrees<dim>(degree);
  n_ = degrees.size();
  up_to_.assign(degree + 1, 0);
  for (const auto &d : degrees)
    for (unsigned int j = *std::max_element(d.begin(), d.end()); j <= degree; ++j)
      ++up_to_[j];
  legendre_.assign(n_points_ * n_, 1.0);
  for (unsigned int q = 0; q < n_points_; ++q)
    for (int a = 0; a < dim; ++a)
    {
      const auto p = legendre(degree, quadrature.point(q)[a]);
      for (unsigned int i = 0; i < n_; ++i)
        legendre_[q * n_ + i] *= p[degrees[i][a]];
    }
  scaled_.resize(n_points_ * n_);
  gram_.resize(n_ * n_);
  modes_.resize(n_);
  coefficients_.resize(n_);
}

template <int dim>
void HierarchicalBasis<dim>::reinit(const std::vector<double> &weights)
{
  weights_ = weights;
  for (unsigned int q = 0; q < n_points_; ++q)
  {
    const double root = std::sqrt(weights[q]);
    for (unsigned int i = 0; i < n_; ++i)
      scaled_[q * n_ + i] = root * legendre_[q * n_ + i];
  }
  // The lower triangle of scaled^T scaled, which in Fortran's order is the upper one.
  const dealii::types::blas_int n = n_, n_points = n_points_;
  const double one = 1, zero = 0;
  dealii::syrk("U", "N", &n, &n_points, &one, scaled_.data(), &n, &zero, gram_.data(), &n);
  for (unsigned int i = 0; i < n_; ++i)
    for (unsigned int j = 0; j <= i; ++j)
    {
      const double diagonal = gram_[i * n_ + i];
      double sum = gram_[i * n_ + j];
      for (unsigned int l = 0; l < j; ++l)
        sum -= gram_[i * n_ + l] * gram_[j * n_ + l];
      // A mode that round-off cannot tell from the lower ones gets a norm that makes it negligible.
      gram_[i * n_ + j] =
          i == j ? std::sqrt(std::max(sum, 1e-14 * diagonal)) : sum / gram_[j * n_ + j];
    }
}

template <int dim>
void HierarchicalBasis<dim>::compute_modes(const std::vector<double> &values)
{
  std::fill(modes_.begin(), modes_.end(), 0.0);
  for (unsigned int q = 0; q < n_points_; ++q)
    for (unsigned int i = 0; i < n_; ++i)
      modes_[i] += weights_[q] * values[q] * legendre_[q * n_ + i];
  for (unsigned int i = 0; i < n_; ++i)
  {
    for (unsigned int j = 0; j < i; ++j)
      modes_[i] -= gram_[i * n_ + j] * modes_[j];
    modes_[i] /= gram_[i * n_ + i];
  }
}

template <int dim>
double HierarchicalBasis<dim>::tail(int degree) const
{
  double sum = 0;
  for (unsigned int i = degree < 0 ? 0 : up_to_[degree]; i < n_; ++i)
    sum += modes_[i] * modes_[i];
  return std::sqrt(sum);
}

template <int dim>
double HierarchicalBasis<dim>::l1_distance(const std::vector<double> &values, int degree)
{
  const unsigned int kept = up_to_[degree];
  for (unsigned int i = kept; i-- > 0;)
  {
    coefficients_[i] = modes_[i];
    for (unsigned int j = i + 1; j < kept; ++j)
      coefficients_[i] -= gram_[j * n_ + i] * coefficients_[j];
    coefficients_[i] /= gram_[i * n_ + i];
  }
  double distance = 0;
  projection_.assign(n_points_, 0.0);
  for (unsigned int q = 0; q < n_points_; ++q)
  {
    for (unsigned int i = 0; i < kept; ++i)
      projection_[q] += legendre_[q * n_ + i] * coefficients_[i];
    distance += weights_[q] * std::abs(values[q] - projection_[q]);
  }
  return distance;
}

template <int dim>
double HierarchicalBasis<dim>::projection_error(const std::vector<double> &values)
{
  compute_modes(values);
  return l1_distance(values, degree_);
}

template <int dim>
double HierarchicalBasis<dim>::estimated_error(const std::vector<double> &values)
{
  compute_modes(values);
  const int k = degree_, span = std::min(2, k);
  const double last = tail(k - 1), before = tail(k - 1 - span);
  if (last == 0)
    return 0;
  const double decay = std::min(1.0, std::pow(last / before, 1.0 / span));
  return decay * l1_distance(values, k - 1);
}

template class HierarchicalBasis<1>;
template class HierarchicalBasis<2>;
template class HierarchicalBasis<3>;
} // namespace lowland
