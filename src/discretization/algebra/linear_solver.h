// How linear systems are solved: directly in 1D and 2D, iteratively in 3D unless there are few unknowns.
#pragma once

#include "discretization/algebra/solver_settings.h"
#include "discretization/forward.h"

#include <petscksp.h>
#include <string>

namespace lowland
{
/// Throws SolverError with PETSc's own words if `code` is an error, and std::bad_alloc if it is a lack of memory.
void check_petsc(PetscErrorCode code, const char *doing);

/// Whether PETSc knows the types of linear solvers and preconditioners that these options ask for.
bool are_types_known(const std::string &petsc_options);

/// Whether the user's PETSc options choose how the systems of a time step are solved.
bool is_solver_overridden();

/// Sets `solver` up accordingly; the user's PETSc options with this prefix come last and win.
void configure(KSP solver, const SolverSettings &settings, bool symmetric);

/// Before the first solve with a new matrix: finds the factors, by MUMPS where diagonal pivots are too small. Does
/// nothing for other solvers, which set themselves up.
void factorize(KSP solver);

/// Solves with one matrix, whose factors are kept.
class LinearSolver
{
public:
  /// Of a mass matrix with a unit diagonal, to round-off in any dimension: conjugate gradients, which start from what
  /// solve() finds in `solution`. Their iterations do not grow with the mesh, because the nodes of FE_Q lie where
  /// Gauss-Lobatto's rule has its points, which makes the diagonal spectrally equivalent to the matrix; with
  /// discontinuous elements, which couple no two cells, the blocks of the matrix precondition them, and are their own
  /// inverses. PETSc's options: -mass_.
  explicit LinearSolver(const PETScMatrix &mass);
  LinearSolver(const PETScMatrix &matrix, const SolverSettings &settings, bool symmetric,
               const std::string &options_prefix);
  ~LinearSolver();
  LinearSolver(const LinearSolver &) = delete;

  /// Solves with a mass matrix whose iterations do not converge, on meshes too coarse for their weight, go on directly.
  /// Throws SolverError with the reason and what to try.
  void solve(PETScVector &solution, const PETScVector &right_hand_side);
  /// The same with the transposed matrix.
  void solve_transposed(PETScVector &solution, const PETScVector &right_hand_side);

private:
  void create(const PETScMatrix &matrix, const std::string &options_prefix);

  KSP solver_ = nullptr;
  bool may_become_direct_ = false;
};

/// Throws SolverError if the last solve of `solver` did not converge.
void check_convergence(KSP solver, const char *what);
} // namespace lowland
