// What kind of linear solver, and how well it solves.
#pragma once

#include "discretization/forward.h"

#include <memory>

namespace lowland
{
struct SolverSettings
{
  bool direct = true; ///< by factors, else by a Krylov method
  /// Factors by PETSc, which exchanges no rows, as long as the pivots are large enough; else by MUMPS. On one rank.
  bool diagonal_pivots = false;
  double tolerance = 1e-10; ///< relative residual of the Krylov method
  /// From the coarse level of multigrid (linear_interpolation.h), which then preconditions the Krylov
  /// method; without it incomplete factors alone do.
  std::shared_ptr<const PETScMatrix> interpolation;
};
} // namespace lowland
