// Bounds of L1 norms of densities, from the absolute values of their unknowns: `functional` is
// FokkerPlanckForm::l1_functional(). Collective.
#pragma once

#include "discretization/forward.h"

#include <petscvec.h>

namespace lowland
{
double l1_bound(const PETScVector &functional, Vec v);
/// Of the difference.
double l1_bound(const PETScVector &functional, Vec v, Vec other);
/// Of the negative part.
double negative_l1_bound(const PETScVector &functional, Vec v);
} // namespace lowland
