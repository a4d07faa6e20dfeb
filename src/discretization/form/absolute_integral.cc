#include "discretization/form/absolute_integral.h"

#include <deal.II/base/polynomial.h>
#include <deal.II/base/quadrature_lib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace lowland
{
using namespace dealii;

namespace
{
/// Parts of a cell along each axis. What is left of the error falls with their square.
constexpr std::array<unsigned int, 4> n_parts = {{0, 128, 16, 6}}; // by dimension
} // namespace

template <int dim>
AbsoluteIntegral<dim>::AbsoluteIntegral(const Quadrature<dim> &rule)
    : rule_weights_(rule.get_weights()),
      parts_weights_(QIterated<dim>(QGauss<1>(2), n_parts[dim]).get_weights())
{
  const QIterated<1> parts(QGauss<1>(2), n_parts[dim]);
  for (const Quadrature<1> &axis : rule.get_tensor_basis())
  {
    const auto polynomials = Polynomials::generate_complete_Lagrange_basis(axis.get_points());
    interpolations_.emplace_back();
    for (const Point<1> &point : parts.get_points())
      for (const auto &polynomial : polynomials)
        interpolations_.back().push_back(polynomial.value(point[0]));
  }
}

template <int dim>
double AbsoluteIntegral<dim>::operator()(const std::vector<double> &weights,
                                         const std::vector<double> &factors)
{
  const auto [least, largest] = std::minmax_element(factors.begin(), factors.end());
  if (*least >= 0 || *largest <= 0)
    return std::abs(std::inner_product(weights.begin(), weights.end(), factors.begin(), 0.0));
  log_weights_.resize(weights.size());
  for (std::size_t q = 0; q < weights.size(); ++q)
    log_weights_[q] =
        std::log(std::max(weights[q], std::numeric_limits<double>::min()) / rule_weights_[q]);
  factors_ = factors;
  interpolate(log_weights_);
  interpolate(factors_);
  double sum = 0;
  for (std::size_t s = 0; s < factors_.size(); ++s)
    sum += parts_weights_[s] * std::exp(log_weights_[s]) * std::abs(factors_[s]);
  return sum;
}

template <int dim>
void AbsoluteIntegral<dim>::interpolate(std::vector<double> &values)
{
  constexpr std::size_t n_new = 2 * n_parts[dim];
  for (const std::vector<double> &interpolation : interpolations_)
  {
    // Along the fastest axis, which then becomes the slowest: after all of them the order is the old one.
    const std::size_t n = interpolation.size() / n_new, rows = values.size() / n;
    next_.assign(n_new * rows, 0.0);
    for (std::size_t s = 0; s < n_new; ++s)
      for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t q = 0; q < n; ++q)
          next_[s * rows + row] += interpolation[s * n + q] * values[row * n + q];
    values.swap(next_);
  }
}

template class AbsoluteIntegral<1>;
template class AbsoluteIntegral<2>;
template class AbsoluteIntegral<3>;
} // namespace lowland
