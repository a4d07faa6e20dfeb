// What kind of linear solver, and how well it solves.
#pragma once

namespace lowland
{
struct SolverSettings
{
  bool direct = true;       ///< MUMPS, else a Krylov method
  double tolerance = 1e-10; ///< relative residual of the Krylov method
};
} // namespace lowland
