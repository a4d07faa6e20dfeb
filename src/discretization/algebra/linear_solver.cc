#include "discretization/algebra/linear_solver.h"

#include "input/errors.h"
#include "model/search/point_vector.h"

#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <new>
#include <set>

namespace lowland
{
void check_petsc(PetscErrorCode code, const char *doing)
{
  if (code == 0)
    return;
  // Perhaps on this rank alone, which must not go on another way than the others.
  if (code == PETSC_ERR_MEM)
    throw std::bad_alloc();
  const char *text = nullptr;
  PetscErrorMessage(code, &text, nullptr);
  throw SolverError(std::string(doing) + " failed: " + (text ? text : "unknown PETSc error") +
                    " (" + std::to_string(code) + ")");
}

namespace
{
/// Sets a PETSc option unless the user has. What an earlier solver of this process set is replaced.
void set_default_option(const std::string &name, const char *value)
{
  static std::set<std::string> defaults;
  PetscBool given = PETSC_FALSE;
  PetscOptionsHasName(nullptr, nullptr, name.c_str(), &given);
  if (given && defaults.count(name) == 0)
    return;
  defaults.insert(name);
  PetscOptionsSetValue(nullptr, name.c_str(), value);
}

std::string prefix_of(KSP solver)
{
  const char *prefix = nullptr;
  KSPGetOptionsPrefix(solver, &prefix);
  return prefix ? prefix : "";
}

void set_up_mumps(PC preconditioner)
{
  PCSetType(preconditioner, PCLU);
  PCFactorSetMatSolverType(preconditioner, MATSOLVERMUMPS);
  set_default_option("-mat_mumps_icntl_8", "0"); // the matrices are scaled already
  // Approximate minimum fill: up to 10^5 unknowns in 3D and twice that in 2D its factors are as good as those of
  // nested dissection, which takes ten times longer to find, in 3D as long as the factorization.
  set_default_option("-mat_mumps_icntl_7", "2");
}

/// PETSc's factors of the block of the matrix that belongs to a rank.
struct BlockFactors
{
  const char *type, *ordering, *shift, *smallest_pivot; ///< relative to the sum of its row
};

void set_up_block_factors(KSP solver, PC preconditioner, const BlockFactors &factors)
{
  PCSetType(preconditioner, PCBJACOBI);
  const std::string sub = "-" + prefix_of(solver) + "sub_pc_";
  set_default_option(sub + "type", factors.type);
  set_default_option(sub + "factor_mat_ordering_type", factors.ordering);
  set_default_option(sub + "factor_shift_type", factors.shift);
  set_default_option(sub + "factor_zeropivot", factors.smallest_pivot);
}

/// Complete factors on one rank. A smaller pivot fails: this is a tenth of MUMPS' threshold for taking another row.
constexpr BlockFactors diagonal_pivots = {"lu", "amd", "none", "1e-3"};
constexpr BlockFactors incomplete = {"ilu", "natural", "nonzero", "2.2e-14"},
                       incomplete_symmetric = {"icc", "natural", "positive_definite", "2.2e-14"};

/// Two levels: on the linear functions a direct solver, and as smoother a few steps of GMRES with
/// incomplete factors, which alone need not converge: where a cell sees more drift than noise,
/// Richardson's iteration with them took 200 steps, this takes 10.
void set_up_multigrid(KSP solver, PC preconditioner, const PETScMatrix &interpolation)
{
  const char *doing = "setting up multigrid";
  constexpr PetscInt smoothing_steps = 4;
  PCSetType(preconditioner, PCMG);
  check_petsc(PCMGSetLevels(preconditioner, 2, nullptr), doing);
  check_petsc(PCMGSetInterpolation(preconditioner, 1, interpolation), doing);
  check_petsc(PCMGSetGalerkin(preconditioner, PC_MG_GALERKIN_BOTH), doing);
  KSP smoother, coarse;
  PC incomplete_factors, factors;
  PCMGGetSmoother(preconditioner, 1, &smoother);
  KSPSetType(smoother, KSPGMRES);
  KSPSetTolerances(smoother, PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT, smoothing_steps);
  KSPGetPC(smoother, &incomplete_factors);
  PCSetType(incomplete_factors, PCASM); // overlapping, so that more ranks take no more iterations
  set_default_option("-" + prefix_of(solver) + "mg_levels_1_sub_pc_factor_shift_type", "nonzero");
  PCMGGetCoarseSolve(preconditioner, &coarse);
  KSPGetPC(coarse, &factors);
  PCSetType(factors, PCLU);
  PCFactorSetMatSolverType(factors, MATSOLVERMUMPS);
}
} // namespace

bool is_solver_overridden()
{
  for (const char *option : {"-ksp_type", "-pc_type", "-ksp_rtol"})
  {
    PetscBool given = PETSC_FALSE;
    PetscOptionsHasName(nullptr, nullptr, option, &given);
    if (given)
      return true;
  }
  return false;
}

bool are_types_known(const std::string &petsc_options)
{
  const QuietPetsc quiet;
  PetscOptions options; // apart, so that the given ones are not taken for used
  PetscOptionsCreate(&options);
  PetscOptionsInsertString(options, petsc_options.c_str());
  KSP solver;
  KSPCreate(PETSC_COMM_SELF, &solver);
  PetscObjectSetOptions(reinterpret_cast<PetscObject>(solver), options);
  const PetscErrorCode code = KSPSetFromOptions(solver);
  KSPDestroy(&solver);
  PetscOptionsDestroy(&options);
  return code != PETSC_ERR_ARG_UNKNOWN_TYPE;
}

void configure(KSP solver, const SolverSettings &settings, bool symmetric)
{
  PC preconditioner;
  check_petsc(KSPGetPC(solver, &preconditioner), "setting up the linear solver");
  if (settings.direct)
  {
    KSPSetType(solver, KSPPREONLY);
    if (settings.diagonal_pivots)
      set_up_block_factors(solver, preconditioner, diagonal_pivots);
    else
      set_up_mumps(preconditioner);
  }
  else
  {
    // The smoother of multigrid is a Krylov method itself, which wants a flexible one around it.
    KSPSetType(solver, settings.interpolation ? KSPFGMRES : symmetric ? KSPCG : KSPGMRES);
    KSPGMRESSetRestart(solver, settings.interpolation ? 30 : 60);
    KSPSetTolerances(solver, settings.tolerance, 1e-300, PETSC_DEFAULT, 1000);
    if (settings.interpolation)
      set_up_multigrid(solver, preconditioner, *settings.interpolation);
    else
      set_up_block_factors(solver, preconditioner, symmetric ? incomplete_symmetric : incomplete);
  }
  check_petsc(KSPSetFromOptions(solver), "setting up the linear solver");
}

void factorize(KSP solver)
{
  const char *doing = "factorizing a matrix";
  PC preconditioner;
  PetscBool has_diagonal_pivots = PETSC_FALSE, is_direct = PETSC_FALSE;
  PCFailedReason failure = PC_NOERROR;
  check_petsc(KSPGetPC(solver, &preconditioner), doing);
  PetscObjectTypeCompare(reinterpret_cast<PetscObject>(solver), KSPPREONLY, &is_direct);
  PetscObjectTypeCompare(reinterpret_cast<PetscObject>(preconditioner), PCBJACOBI,
                         &has_diagonal_pivots);
  if (!is_direct || !has_diagonal_pivots)
    return; // the first solve sets it up
  KSPSetErrorIfNotConverged(solver, PETSC_FALSE);
  check_petsc(KSPSetUp(solver), doing);
  KSP *block = nullptr; // SLEPc has asked for errors when it was created
  check_petsc(PCBJacobiGetSubKSP(preconditioner, nullptr, nullptr, &block), doing);
  KSPSetErrorIfNotConverged(*block, PETSC_FALSE);
  check_petsc(KSPSetUpOnBlocks(solver), doing);
  PCGetFailedReason(preconditioner, &failure);
  if (failure != PC_NOERROR)
    set_up_mumps(preconditioner);
}

LinearSolver::LinearSolver(const PETScMatrix &matrix, const SolverSettings &settings,
                           bool symmetric, const std::string &options_prefix)
{
  create(matrix, options_prefix);
  configure(solver_, settings, symmetric);
}

LinearSolver::LinearSolver(const PETScMatrix &mass)
{
  create(mass, "mass_");
  PC preconditioner;
  KSPSetType(solver_, KSPCG);
  KSPSetTolerances(solver_, 1e-14, 1e-300, PETSC_DEFAULT, 1000);
  KSPSetInitialGuessNonzero(solver_, PETSC_TRUE);
  check_petsc(KSPGetPC(solver_, &preconditioner), "setting up the linear solver");
  PCSetType(preconditioner, PCPBJACOBI); // blocks of one where the matrix has none
  may_become_direct_ = true;
  check_petsc(KSPSetFromOptions(solver_), "setting up the linear solver");
}

void LinearSolver::create(const PETScMatrix &matrix, const std::string &options_prefix)
{
  KSPCreate(matrix.get_mpi_communicator(), &solver_);
  KSPSetOptionsPrefix(solver_, options_prefix.c_str());
  check_petsc(KSPSetOperators(solver_, matrix, matrix), "setting up the linear solver");
}

LinearSolver::~LinearSolver()
{
  KSPDestroy(&solver_);
}

void LinearSolver::solve(PETScVector &solution, const PETScVector &right_hand_side)
{
  factorize(solver_);
  check_petsc(KSPSolve(solver_, right_hand_side, solution), "a linear solve");
  KSPConvergedReason reason;
  KSPGetConvergedReason(solver_, &reason);
  if (reason < 0 && may_become_direct_)
  {
    may_become_direct_ = false;
    KSPSetInitialGuessNonzero(solver_, PETSC_FALSE);
    configure(solver_, SolverSettings(), true);
    check_petsc(KSPSolve(solver_, right_hand_side, solution), "a linear solve");
  }
  check_convergence(solver_, "A linear solve");
}

void LinearSolver::solve_transposed(PETScVector &solution, const PETScVector &right_hand_side)
{
  factorize(solver_);
  check_petsc(KSPSolveTranspose(solver_, right_hand_side, solution), "a linear solve");
  check_convergence(solver_, "A linear solve");
}

void check_convergence(KSP solver, const char *what)
{
  KSPConvergedReason reason;
  KSPGetConvergedReason(solver, &reason);
  if (reason >= 0)
    return;
  const char *text = nullptr;
  KSPGetConvergedReasonString(solver, &text);
  const std::string pc = "-" + prefix_of(solver) + "pc_";
  throw SolverError(std::string(what) + " did not converge (" + text + "). Try `--petsc \"" + pc +
                    "type lu " + pc +
                    "factor_mat_solver_type mumps\"`, a larger Reference floor, or "
                    "Reference weight = one.");
}
} // namespace lowland
