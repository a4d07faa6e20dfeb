#include "model/equilibrium/detailed_balance.h"

#include <deal.II/base/symmetric_tensor.h>

#include <cmath>
#include <optional>
#include <random>

namespace lowland
{
namespace
{
using dealii::SymmetricTensor;
using dealii::Tensor;

constexpr unsigned int n_points = 60;
/// Below this ratio of the eigenvalues D counts as singular.
constexpr double singular = 1e-9;
/// The antisymmetric part that the Jacobian of a gradient may have, relative to its size.
constexpr double tolerance = 1e-6;

/// The field D^-1 (grad f + div D) at each point; nothing if D has no inverse at one of them.
template <int dim>
std::optional<std::vector<Tensor<1, dim>>> field(const Model &model, const Points &points)
{
  ModelValues values;
  model.evaluate(points, values);
  std::vector<Tensor<1, dim>> field(points.size());
  for (std::size_t q = 0; q < points.size(); ++q)
  {
    SymmetricTensor<2, dim> diffusion;
    Tensor<1, dim> drift;
    for (unsigned int i = 0; i < dim; ++i)
    {
      drift[i] = values.landscape.gradient[i][q] + values.diffusion.divergence[i][q];
      for (unsigned int j = 0; j <= i; ++j)
        diffusion[i][j] = values.diffusion.tensor[packed(i, j)][q];
    }
    const auto lambda = eigenvalues(diffusion); // descending
    if (!(lambda[dim - 1] > singular * lambda[0]))
      return {};
    field[q] = invert(diffusion) * drift;
  }
  return field;
}

/// The points around `centre` at distances -2, -1, 1, 2 times h along each axis.
template <int dim>
Points stencil(const Coordinates &centre, const Coordinates &h)
{
  Points points(dim, 4 * dim);
  for (unsigned int k = 0; k < dim; ++k)
    for (unsigned int s = 0; s < 4; ++s)
      for (unsigned int i = 0; i < dim; ++i)
        points.x[i][4 * k + s] = centre[i] + (i == k ? (s < 2 ? s - 2.0 : s - 1.0) * h[i] : 0);
  return points;
}

/// Whether V comes back to its value around a periodic axis, if the field is its gradient. The trapezoidal rule, which is exact but for roundings where the field is smooth.
template <int dim>
DetailedBalance balance_around(const Model &model, const SearchRegion &region, unsigned int axis)
{
  constexpr unsigned int n = 2000;
  Points line(dim, n);
  for (unsigned int i = 0; i < dim; ++i)
    for (unsigned int q = 0; q < n; ++q)
      line.x[i][q] =
          region.lower[i] + (i == axis ? double(q) / n : 0.5) * (region.upper[i] - region.lower[i]);
  const auto values = field<dim>(model, line);
  if (!values)
    return DetailedBalance::undefined;
  double sum = 0, size = 0;
  for (const auto &value : *values)
  {
    sum += value[axis];
    size += std::abs(value[axis]);
  }
  return std::abs(sum) <= tolerance * size ? DetailedBalance::holds : DetailedBalance::fails;
}

template <int dim>
DetailedBalance detailed_balance(const Model &model, const SearchRegion &region)
{
  std::mt19937 generator(sampling_seed); // the same points on all ranks
  std::uniform_real_distribution<double> uniform(0.05, 0.95);
  for (unsigned int n = 0; n < n_points; ++n)
  {
    Coordinates centre{}, h{};
    for (unsigned int i = 0; i < dim; ++i)
    {
      centre[i] = region.lower[i] + uniform(generator) * (region.upper[i] - region.lower[i]);
      h[i] = 1e-3 * (region.upper[i] - region.lower[i]);
    }
    if (region.contains && !region.contains(centre))
      continue;
    const auto values = field<dim>(model, stencil<dim>(centre, h));
    if (!values)
      return DetailedBalance::undefined;
    Tensor<2, dim> jacobian; // [k]: derivative along k
    for (unsigned int k = 0; k < dim; ++k)
    {
      const auto *const v = &(*values)[4 * k];
      jacobian[k] = (v[0] - 8.0 * v[1] + 8.0 * v[2] - v[3]) / (12 * h[k]);
    }
    if ((jacobian - transpose(jacobian)).norm() > tolerance * jacobian.norm() + 1e-14)
      return DetailedBalance::fails;
  }
  for (unsigned int axis = 0; axis < dim; ++axis)
    if (region.periodic[axis])
      if (const auto balance = balance_around<dim>(model, region, axis);
          balance != DetailedBalance::holds)
        return balance;
  return DetailedBalance::holds;
}
} // namespace

DetailedBalance detailed_balance(const Model &model, const SearchRegion &region)
{
  switch (model.dimension())
  {
  case 1:
    return detailed_balance<1>(model, region);
  case 2:
    return detailed_balance<2>(model, region);
  default:
    return detailed_balance<3>(model, region);
  }
}

std::string in_words(DetailedBalance balance)
{
  switch (balance)
  {
  case DetailedBalance::holds:
    return "detailed balance holds, D^-1 (grad f + div D) is a gradient: it has no current";
  case DetailedBalance::fails:
    return "no detailed balance, D^-1 (grad f + div D) is not a gradient: it has a current";
  default:
    return "D is singular somewhere: detailed balance is undefined";
  }
}
} // namespace lowland
