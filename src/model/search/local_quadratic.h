// The loss near a point: its value, curvatures and their directions.
#pragma once

#include "model/landscape/landscape.h"

namespace lowland
{
/// f(point) and the eigenvalues of its Hessian, ascending, with orthonormal eigenvectors; d of
/// each.
struct LocalQuadratic
{
  double loss = 0;
  Coordinates curvatures{};
  std::array<Coordinates, 3> directions{};
};
LocalQuadratic local_quadratic(const Landscape &landscape, const Coordinates &point);
} // namespace lowland
