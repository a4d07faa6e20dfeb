// The loss near a point (value, curvatures and their directions), the descent to a minimum, and the
// small vector algebra of Coordinates that both need.
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

Points single_point(unsigned int dimension, const Coordinates &point);
Coordinates axis(unsigned int i);
/// point + step * direction.
Coordinates along(const Coordinates &point, double step, const Coordinates &direction);
double norm(const Coordinates &x);
double distance(const Coordinates &a, const Coordinates &b);
double dot(const Coordinates &a, const Coordinates &b);
} // namespace lowland
