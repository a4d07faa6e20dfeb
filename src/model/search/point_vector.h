// Between points of parameter space and PETSc's small sequential objects, for searches with TAO and SNES.
#pragma once

#include "model/landscape/landscape.h"

#include <petscmat.h>

#include <cmath>

namespace lowland
{
inline double finite_or(double value, double otherwise)
{
  return std::isfinite(value) ? value : otherwise;
}
constexpr double stand_in = 1e100; ///< for losses that are not finite, which PETSc refuses

LandscapeValues values_at(const Landscape &landscape, const Coordinates &point, Derivatives order);
Coordinates to_coordinates(Vec x);
void set_entries(Vec x, const Coordinates &point);
/// grad f at x; entries that are not finite (at a kink, say) count as 0.
Coordinates gradient_at(const Landscape &landscape, const Coordinates &point);
/// The Hessian at x; entries that are not finite count as those of the identity.
void set_hessian(Mat h, const Landscape &landscape, const Coordinates &point);

/// PETSc reports errors by return code only, without printing, while this lives.
struct QuietPetsc
{
  QuietPetsc() { PetscPushErrorHandler(PetscReturnErrorHandler, nullptr); }
  ~QuietPetsc() { PetscPopErrorHandler(); }
};
} // namespace lowland
