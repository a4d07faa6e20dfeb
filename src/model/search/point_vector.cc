#include "model/search/point_vector.h"

#include <algorithm>

namespace lowland
{
LandscapeValues values_at(const Landscape &landscape, const Coordinates &point, Derivatives order)
{
  LandscapeValues values;
  landscape.evaluate(single_point(landscape.dimension(), point), order, values);
  return values;
}

Coordinates to_coordinates(Vec x)
{
  PetscInt n;
  const PetscScalar *entries;
  VecGetSize(x, &n);
  VecGetArrayRead(x, &entries);
  Coordinates point{};
  std::copy_n(entries, n, point.begin());
  VecRestoreArrayRead(x, &entries);
  return point;
}

void set_entries(Vec x, const Coordinates &point)
{
  PetscInt n;
  PetscScalar *entries;
  VecGetSize(x, &n);
  VecGetArrayWrite(x, &entries);
  std::copy_n(point.begin(), n, entries);
  VecRestoreArrayWrite(x, &entries);
}

Coordinates gradient_at(const Landscape &landscape, const Coordinates &point)
{
  const auto values = values_at(landscape, point, Derivatives::gradient);
  Coordinates gradient{};
  for (std::size_t i = 0; i < values.gradient.size(); ++i)
    gradient[i] = finite_or(values.gradient[i][0], 0.);
  return gradient;
}

void set_hessian(Mat h, const Landscape &landscape, const Coordinates &point)
{
  const auto values = values_at(landscape, point, Derivatives::hessian);
  const int d = values.gradient.size();
  for (int i = 0; i < d; ++i)
    for (int j = 0; j < d; ++j)
      MatSetValue(h, i, j, finite_or(values.hessian[packed(i, j)][0], i == j), INSERT_VALUES);
  MatAssemblyBegin(h, MAT_FINAL_ASSEMBLY);
  MatAssemblyEnd(h, MAT_FINAL_ASSEMBLY);
}
} // namespace lowland
