#include "discretization/adaptation/hierarchical_basis.h"

#include <deal.II/base/quadrature.h>
#include <deal.II/base/utilities.h>
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
  std::vector<std::array<unsigned int, dim>> degrees(dealii::Utilities::fixed_power<dim>(k + 1));
  for (std::size_t m = 0; m < degrees.size(); ++m)
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
  const double one = 1, zero = 0, minus_one = -1;
  dealii::syrk("U", "N", &n, &n_points, &one, scaled_.data(), &n, &zero, gram_.data(), &n);
  std::vector<double> norms(n_);
  for (unsigned int i = 0; i < n_; ++i)
    norms[i] = gram_[i * (n_ + 1)];
  for (unsigned int l = 0; l < n_; ++l)
  {
    // A mode that round-off cannot tell from the lower ones gets a norm that makes it negligible.
    const double pivot = std::sqrt(std::max(gram_[l * (n_ + 1)], 1e-14 * norms[l]));
    gram_[l * (n_ + 1)] = pivot;
    for (unsigned int i = l + 1; i < n_; ++i)
      gram_[i * n_ + l] /= pivot;
    const dealii::types::blas_int rest = n_ - 1 - l;
    if (rest > 0)
      dealii::syr("U", &rest, &minus_one, &gram_[(l + 1) * n_ + l], &n, &gram_[(l + 1) * (n_ + 1)],
                  &n);
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
void HierarchicalBasis<dim>::project(const std::vector<double> &values)
{
  compute_modes(values);
  for (unsigned int i = n_; i-- > 0;)
  {
    coefficients_[i] = modes_[i];
    for (unsigned int j = i + 1; j < n_; ++j)
      coefficients_[i] -= gram_[j * n_ + i] * coefficients_[j];
    coefficients_[i] /= gram_[i * n_ + i];
  }
  projection_.assign(n_points_, 0.0);
  for (unsigned int q = 0; q < n_points_; ++q)
    for (unsigned int i = 0; i < n_; ++i)
      projection_[q] += legendre_[q * n_ + i] * coefficients_[i];
}

template <int dim>
double HierarchicalBasis<dim>::projection_error(const std::vector<double> &values)
{
  project(values);
  double distance = 0;
  for (unsigned int q = 0; q < n_points_; ++q)
    distance += weights_[q] * std::abs(values[q] - projection_[q]);
  return distance;
}

template <int dim>
double HierarchicalBasis<dim>::estimated_error(const std::vector<double> &values)
{
  const double added = projection_error(values);
  // Squared norms of what lies beyond this degree, and beyond one that is lower by `span`.
  double last = 0;
  for (unsigned int q = 0; q < n_points_; ++q)
    last += weights_[q] * std::pow(values[q] - projection_[q], 2);
  if (last == 0)
    return 0;
  const unsigned int span = std::min(2u, degree_ + 1);
  double before = last; // the modes of lower degree come first
  for (unsigned int i = dealii::Utilities::fixed_power<dim>(degree_ + 1 - span); i < n_; ++i)
    before += modes_[i] * modes_[i];
  return std::pow(last / before, 0.5 / span) * added;
}

template class HierarchicalBasis<1>;
template class HierarchicalBasis<2>;
template class HierarchicalBasis<3>;
} // namespace lowland
