// Keeping rho >= 0 with discontinuous elements.
#pragma once

#include "discretization/cell_model.h"

namespace lowland
{
/// What a limiter did.
struct Limited
{
  std::size_t cells = 0; ///< cells that were changed
  double moved = 0;      ///< L1 norm of the change
};

/// Scales u on each cell towards its w-mean until rho = w u is non-negative at all quadrature points and
/// nodes. The mass of every cell stays; a cell whose mean is negative is left alone. Smooth positive
/// solutions lose no order (Zhang & Shu, J. Comput. Phys. 229 (2010) 3091, section 2.2).
/// Discontinuous elements only.
template <int dim>
Limited limit_to_nonnegative(const DensitySpace<dim> &space, const Model &model, PETScVector &u);
} // namespace lowland
