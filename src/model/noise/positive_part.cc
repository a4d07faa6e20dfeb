#include "model/noise/positive_part.h"

#include "model/noise/noise_families.h"
#include "model/search/eigensystem.h"

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
using dealii::SymmetricTensor;
using dealii::Tensor;

/// G_ab: 1 and 0 exactly where both eigenvalues have the same sign.
double slope(double a, double b)
{
  if (a >= 0 && b >= 0)
    return a + b > 0 ? 1 : 0.5;
  if (a <= 0 && b <= 0)
    return 0;
  return std::max(a, b) / std::abs(a - b);
}

/// H_+ and div H_+ at point q, for a Hessian with a negative eigenvalue.
template <int dim>
void clip(const LandscapeValues &landscape, std::size_t q, DiffusionValues &values)
{
  SymmetricTensor<2, dim> hessian;
  for (unsigned int i = 0; i < dim; ++i)
    for (unsigned int j = 0; j <= i; ++j)
      hessian[i][j] = landscape.hessian[packed(i, j)][q];
  const Eigensystem<dim> pairs = eigensystem(hessian);

  SymmetricTensor<2, dim> clipped;
  for (const auto &[lambda, v] : pairs)
    clipped += std::max(lambda, 0.0) * symmetrize(outer_product(v, v));
  for (unsigned int i = 0; i < dim; ++i)
    for (unsigned int j = 0; j <= i; ++j)
      values.tensor[packed(i, j)][q] = clipped[i][j];

  // div H_+ = sum_ab v_a G_ab sum_k (v_a . d_k H v_b) (v_b)_k
  Tensor<1, dim> divergence;
  for (const auto &[lambda_a, a] : pairs)
    for (const auto &[lambda_b, b] : pairs)
    {
      double sum = 0;
      for (unsigned int i = 0; i < dim; ++i)
        for (unsigned int j = 0; j < dim; ++j)
          for (unsigned int k = 0; k < dim; ++k)
            sum += a[i] * landscape.third[packed(i, j, k)][q] * b[j] * b[k];
      divergence += slope(lambda_a, lambda_b) * sum * a;
    }
  for (unsigned int i = 0; i < dim; ++i)
    values.divergence[i][q] = divergence[i];
}

/// Whether all leading minors of the Hessian are positive.
bool is_definite(const Components &h, unsigned int dimension, std::size_t q)
{
  const auto entry = [&](unsigned int i, unsigned int j) { return h[packed(i, j)][q]; };
  const double a = entry(0, 0);
  if (dimension == 1)
    return a > 0;
  const double b = entry(1, 0), c = entry(1, 1), minor = a * c - b * b;
  if (dimension == 2)
    return a > 0 && minor > 0;
  const double d = entry(2, 0), e = entry(2, 1);
  return a > 0 && minor > 0 &&
         entry(2, 2) * minor + b * e * d + d * b * e - d * c * d - e * a * e > 0;
}
} // namespace

void positive_part(const Points &points, const LandscapeValues &landscape, DiffusionValues &values)
{
  const unsigned int d = points.dimension();
  clear(d, points.size(), values);
  values.tensor = landscape.hessian;
  for (std::size_t q = 0; q < points.size(); ++q)
    if (!is_definite(landscape.hessian, d, q))
    {
      if (d == 1)
        clip<1>(landscape, q, values);
      else if (d == 2)
        clip<2>(landscape, q, values);
      else
        clip<3>(landscape, q, values);
    }
    else
      for (unsigned int i = 0; i < d; ++i)
        for (unsigned int k = 0; k < d; ++k)
          values.divergence[i][q] += landscape.third[packed(i, k, k)][q];
}
} // namespace lowland
