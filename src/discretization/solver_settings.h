// What kind of linear solver, and how well it solves.
#pragma once

#include "discretization/forward.h"

#include <memory>

namespace lowland
{
struct SolverSettings
{
  bool direct = true;       ///< MUMPS, else a Krylov method
  double tolerance = 1e-10; ///< relative residual of the Krylov method
  /// From the coarse level of multigrid (linear_interpolation.h), which then preconditions the Krylov
  /// method; without it incomplete factors alone do.
  std::shared_ptr<const PETScMatrix> interpolation;
};
} // namespace lowland
