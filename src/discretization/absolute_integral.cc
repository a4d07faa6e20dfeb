#include "discretization/absolute_integral.h"

#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe_dgq.h>

#include <algorithm>
#include <array>
#include <cmath>
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
      parts_weights_(QIterated<dim>(QGauss<1>(2), n_parts[dim]).get_weights()),
      n_(rule.get_tensor_basis()[0].size())
{
  const FE_DGQArbitraryNodes<1> polynomials(rule.get_tensor_basis()[0]);
  const QIterated<1> parts(QGauss<1>(2), n_parts[dim]);
  for (const Point<1> &point : parts.get_points())
    for (std::size_t q = 0; q < n_; ++q)
      interpolation_.push_back(polynomials.shape_value(q, point));
}

template <int dim>
double AbsoluteIntegral<dim>::operator()(const std::vector<double> &terms)
{
  const auto [least, largest] = std::minmax_element(terms.begin(), terms.end());
  if (*least >= 0 || *largest <= 0)
    return std::abs(std::accumulate(terms.begin(), terms.end(), 0.0));
  values_.resize(terms.size());
  for (std::size_t q = 0; q < terms.size(); ++q)
    values_[q] = terms[q] / rule_weights_[q];
  interpolate();
  double sum = 0;
  for (std::size_t s = 0; s < values_.size(); ++s)
    sum += parts_weights_[s] * std::abs(values_[s]);
  return sum;
}

template <int dim>
void AbsoluteIntegral<dim>::interpolate()
{
  const std::size_t n_new = interpolation_.size() / n_;
  for (int axis = 0; axis < dim; ++axis)
  {
    // Along the fastest axis, which then becomes the slowest: after all of them the order is the old one.
    const std::size_t rows = values_.size() / n_;
    next_.assign(n_new * rows, 0.0);
    for (std::size_t s = 0; s < n_new; ++s)
      for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t q = 0; q < n_; ++q)
          next_[s * rows + row] += interpolation_[s * n_ + q] * values_[row * n_ + q];
    values_.swap(next_);
  }
}

template class AbsoluteIntegral<1>;
template class AbsoluteIntegral<2>;
template class AbsoluteIntegral<3>;
} // namespace lowland
