// The eigenvalues and eigenvectors of a small symmetric matrix, for sources that use deal.II's tensors anyway.
#pragma once

#include <deal.II/base/symmetric_tensor.h>

#include <algorithm>
#include <array>
#include <utility>

namespace lowland
{
template <int dim>
using Eigensystem = std::array<std::pair<double, dealii::Tensor<1, dim>>, dim>;

/// Eigenvalues, descending, each with its unit eigenvector; all are orthogonal. Jacobi's method: deal.II's default
/// one fails to converge on some matrices that are all but diagonal. It is called here without
/// dealii::eigenvectors() around it, whose name in the library is another for clang++ than for g++.
template <int dim>
Eigensystem<dim> eigensystem(const dealii::SymmetricTensor<2, dim> &matrix)
{
  Eigensystem<dim> pairs;
  if constexpr (dim == 1)
  {
    pairs[0].first = matrix[0][0];
    pairs[0].second[0] = 1;
  }
  else
    pairs = dealii::internal::SymmetricTensorImplementation::jacobi(matrix);
  std::sort(pairs.begin(), pairs.end(),
            [](const auto &a, const auto &b) { return a.first > b.first; });
  return pairs;
}
} // namespace lowland
