#include "model/search/local_quadratic.h"

#include "model/search/eigensystem.h"

#include <cmath>

namespace lowland
{
namespace
{
/// Entries that are not finite (at a kink, say) count as 0.
template <int dim>
dealii::SymmetricTensor<2, dim> hessian_tensor(const LandscapeValues &values)
{
  dealii::SymmetricTensor<2, dim> h;
  for (int i = 0; i < dim; ++i)
    for (int j = 0; j <= i; ++j)
      if (const double entry = values.hessian[packed(i, j)][0]; std::isfinite(entry))
        h[i][j] = entry;
  return h;
}

template <int dim>
LocalQuadratic diagonalised(const LandscapeValues &values)
{
  LocalQuadratic result;
  result.loss = values.loss[0];
  const Eigensystem<dim> descending = eigensystem(hessian_tensor<dim>(values));
  for (int k = 0; k < dim; ++k)
  {
    const auto &[value, vector] = descending[dim - 1 - k];
    result.curvatures[k] = value;
    for (int i = 0; i < dim; ++i)
      result.directions[k][i] = vector[i];
  }
  return result;
}
} // namespace

LocalQuadratic local_quadratic(const Landscape &landscape, const Coordinates &point)
{
  LandscapeValues values;
  landscape.evaluate(single_point(landscape.dimension(), point), Derivatives::hessian, values);
  switch (landscape.dimension())
  {
  case 1:
    return diagonalised<1>(values);
  case 2:
    return diagonalised<2>(values);
  default:
    return diagonalised<3>(values);
  }
}
} // namespace lowland
