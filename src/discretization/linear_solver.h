// How linear systems are solved: directly in 1D and 2D, iteratively in 3D.
#pragma once

#include "discretization/forward.h"
#include "discretization/solver_settings.h"

#include <petscksp.h>
#include <string>

namespace lowland
{
/// Throws SolverError with PETSc's own words if `code` is an error.
void check_petsc(PetscErrorCode code, const char *doing);

/// Whether the user's PETSc options choose how the systems of a time step are solved.
bool is_solver_overridden();

/// Sets `solver` up accordingly; the user's PETSc options with this prefix come last and win.
void configure(KSP solver, const SolverSettings &settings, bool symmetric);

/// Solves with one matrix, whose factors are kept. A matrix with a block size above 1 must be symmetric
/// and block-diagonal: its blocks are inverted.
class LinearSolver
{
public:
  LinearSolver(const PETScMatrix &matrix, const SolverSettings &settings, bool symmetric,
               const std::string &options_prefix);
  ~LinearSolver();
  LinearSolver(const LinearSolver &) = delete;

  /// Throws SolverError with the reason and what to try.
  void solve(PETScVector &solution, const PETScVector &right_hand_side);
  /// The same with the transposed matrix.
  void solve_transposed(PETScVector &solution, const PETScVector &right_hand_side);

private:
  KSP solver_ = nullptr;
};

/// Throws SolverError if the last solve of `solver` did not converge.
void check_convergence(KSP solver, const char *what);
} // namespace lowland
