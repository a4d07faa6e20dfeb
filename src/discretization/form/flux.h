// The flux of the form at a point.
#pragma once

#include "model/model.h"

#include <deal.II/base/tensor.h>

namespace lowland
{
/// D v at point q of `values`.
template <int dim>
dealii::Tensor<1, dim> diffusion_times(const ModelValues &values, std::size_t q,
                                       const dealii::Tensor<1, dim> &v)
{
  dealii::Tensor<1, dim> result;
  for (unsigned int a = 0; a < dim; ++a)
    for (unsigned int b = 0; b < dim; ++b)
      result[a] += values.diffusion.tensor[packed(a, b)][q] * v[b];
  return result;
}

/// D grad u + u g at point q of `values`; the probability current is J = -w times it.
template <int dim>
dealii::Tensor<1, dim> flux(const ModelValues &values, std::size_t q, double u,
                            const dealii::Tensor<1, dim> &gradient)
{
  dealii::Tensor<1, dim> result = diffusion_times(values, q, gradient);
  for (unsigned int a = 0; a < dim; ++a)
    result[a] += values.drift[a][q] * u;
  return result;
}
} // namespace lowland
