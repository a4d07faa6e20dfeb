// The loss near a point (value, curvatures and their directions), and the descent to a minimum.
#pragma once

#include "model/landscape.h"

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

/// Descends from starts to local minima in a box; PETSc must be initialised.
class Minimizer
{
public:
  Minimizer(const Landscape &landscape, const Coordinates &lower, const Coordinates &upper);
  ~Minimizer();
  /// Where the descent from `start` ends, as exactly as roundings allow; not always a minimum.
  Coordinates from(const Coordinates &start);

private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};
} // namespace lowland
