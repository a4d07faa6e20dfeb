#include "discretization/form/relaxation_modes.h"

#include "discretization/algebra/linear_solver.h"
#include "input/errors.h"
#include "model/search/point_vector.h"

#include <deal.II/base/index_set.h>
#include <deal.II/base/mpi.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <limits>
#include <slepceps.h>

namespace lowland
{
namespace
{
const char *doing = "the eigensolver";

/// Relative errors of the eigenpairs of the inverse, and after how many restarts the next one is tried. The first is
/// round-off, which modes that are far from orthogonal do not reach; what that costs shows in their residuals.
struct Attempt
{
  double tolerance;
  PetscInt most_restarts;
};
const std::vector<Attempt> attempts_with_factors = {{1e-13, 60}, {1e-10, 60}, {1e-7, 200}};

/// The density and the mode of the gap: fewer modes are no answer.
constexpr unsigned int least_number = 2;

std::vector<Attempt> attempts(const SolverSettings &settings)
{
  if (settings.direct)
    return attempts_with_factors;
  // What the inner solve leaves behind bounds the outer one.
  return {{100 * settings.tolerance, 200}};
}

/// The mass matrix with zeros in the rows of constrained unknowns: their eigenvalues become infinite, so
/// that none of them is taken for a mode.
template <int dim>
class ModeMass
{
public:
  explicit ModeMass(const FokkerPlanckForm<dim> &form)
  {
    const std::size_t n = dealii::Utilities::MPI::max(form.space().constraints().n_constraints(),
                                                      form.space().communicator());
    if (n == 0) // no need for a copy
    {
      matrix_ = form.mass();
      check_petsc(PetscObjectReference(reinterpret_cast<PetscObject>(matrix_)), doing);
      return;
    }
    check_petsc(MatDuplicate(form.mass(), MAT_COPY_VALUES, &matrix_), doing);
    for (const auto row : form.space().locally_owned())
      if (form.space().constraints().is_constrained(row))
        check_petsc(MatSetValue(matrix_, row, row, 0.0, INSERT_VALUES), doing);
    check_petsc(MatAssemblyBegin(matrix_, MAT_FINAL_ASSEMBLY), doing);
    check_petsc(MatAssemblyEnd(matrix_, MAT_FINAL_ASSEMBLY), doing);
  }
  ~ModeMass() { MatDestroy(&matrix_); }
  ModeMass(const ModeMass &) = delete;
  operator Mat() const { return matrix_; }

private:
  Mat matrix_ = nullptr;
};

/// SLEPc's solver, shift-and-invert, and its life time.
class Eigensolver
{
public:
  Eigensolver(Mat stiffness, Mat mass, unsigned int number, double shift, bool symmetric,
              const SolverSettings &settings)
  {
    check_petsc(EPSCreate(PetscObjectComm(reinterpret_cast<PetscObject>(stiffness)), &solver_),
                doing);
    EPSSetOperators(solver_, stiffness, mass);
    EPSSetProblemType(solver_, symmetric ? EPS_GHEP : EPS_GNHEP);
    EPSSetWhichEigenpairs(solver_, EPS_TARGET_MAGNITUDE);
    EPSSetTarget(solver_, shift);
    EPSSetDimensions(solver_, number, std::max(2 * number, number + 6), PETSC_DEFAULT);
    ST transformation;
    EPSGetST(solver_, &transformation);
    STSetType(transformation, STSINVERT);
    STSetMatStructure(transformation, SAME_NONZERO_PATTERN); // as the form makes them
    configure(linear_solver(), settings, symmetric);
  }
  ~Eigensolver()
  {
    const QuietPetsc quiet; // after a failed solve it finds SLEPc's work unfinished
    EPSDestroy(&solver_);
  }
  Eigensolver(const Eigensolver &) = delete;
  operator EPS() const { return solver_; }

  /// Returns the number of converged pairs.
  PetscInt solve(const Attempt &attempt)
  {
    const QuietPetsc quiet; // a solver that gives up is told in our words
    EPSSetTolerances(solver_, attempt.tolerance, attempt.most_restarts);
    check_petsc(EPSSetFromOptions(solver_), doing); // the user's come last and win
    PetscErrorCode code = EPSSetUp(solver_);
    if (code == 0)
    {
      factorize(linear_solver());
      code = EPSSolve(solver_);
    }
    check_convergence(linear_solver(), "A linear solve of the eigensolver");
    check_petsc(code, doing);
    PetscInt n = 0;
    EPSGetConverged(solver_, &n);
    return n;
  }

  unsigned int n_solves() const
  {
    PetscInt n = 0;
    KSPGetTotalIterations(linear_solver(), &n); // a direct solve counts as one
    return n;
  }

private:
  KSP linear_solver() const
  {
    ST transformation;
    KSP solver;
    EPSGetST(solver_, &transformation);
    STGetKSP(transformation, &solver);
    return solver;
  }

  EPS solver_ = nullptr;
};

/// An eigenvalue and its place in SLEPc's order.
struct Found
{
  std::complex<double> eigenvalue;
  PetscInt place;
};

/// The `number` slowest of the pairs that have converged, and the conjugate of the last. SLEPc finds conjugates one
/// after the other.
std::vector<Found> slowest(EPS solver, PetscInt n_converged, std::size_t number)
{
  std::vector<Found> found;
  for (PetscInt i = 0; i < n_converged; ++i)
  {
    PetscScalar real = 0, imaginary = 0;
    check_petsc(EPSGetEigenvalue(solver, i, &real, &imaginary), doing);
    found.push_back({{real, imaginary}, i});
  }
  std::stable_sort(found.begin(), found.end(), [](const Found &a, const Found &b) {
    return a.eigenvalue.real() < b.eigenvalue.real();
  });
  if (found.size() > number && found[number - 1].eigenvalue.imag() != 0 &&
      found[number].eigenvalue == std::conj(found[number - 1].eigenvalue))
    ++number;
  found.resize(std::min(number, found.size()));
  return found;
}

SolverError not_converged(std::size_t found, unsigned int wanted, std::size_t n_unknowns)
{
  return SolverError("Only " + std::to_string(found) + " of " + std::to_string(wanted) +
                     " relaxation modes converged, on a mesh of " + std::to_string(n_unknowns) +
                     " unknowns. Ask for fewer, or try a larger Discretization/Initial refinement, "
                     "`--petsc \"-eps_ncv " +
                     std::to_string(3 * wanted + 42) +
                     " -eps_max_it 1000\"`, Reference weight = one or a larger Reference floor.");
}
} // namespace

template <int dim>
RelaxationModes relaxation_modes(const FokkerPlanckForm<dim> &form, unsigned int number,
                                 double shift, bool symmetric, const SolverSettings &settings)
{
  const ModeMass<dim> mass(form);
  Eigensolver solver(form.stiffness(), mass, number, shift, symmetric,
                     form.with_multigrid(settings));
  PetscInt found = 0;
  for (const Attempt &attempt : attempts(settings))
  {
    found = solver.solve(attempt);
    if (found >= static_cast<PetscInt>(number))
      break;
  }
  RelaxationModes result;
  for (const auto &[eigenvalue, i] : slowest(solver, found, number))
  {
    PetscReal residual = 0;
    const auto real = std::make_shared<PETScVector>(form.space().vector());
    const auto imaginary = std::make_shared<PETScVector>(form.space().vector());
    check_petsc(EPSGetEigenvector(solver, i, *real, *imaginary), doing);
    check_petsc(EPSComputeError(solver, i, EPS_ERROR_ABSOLUTE, &residual), doing);
    if (!(residual < 1e-5 * std::max(std::abs(eigenvalue.real()), std::abs(shift))))
      break;
    result.modes.push_back({eigenvalue, residual, real, imaginary});
  }
  if (result.modes.size() < std::min(number, least_number))
    throw not_converged(result.modes.size(), number, form.space().n_unknowns());
  PetscReal norm = 0;
  check_petsc(MatNorm(form.stiffness(), NORM_INFINITY, &norm), doing);
  result.round_off = std::numeric_limits<double>::epsilon() * norm;
  result.n_solves = solver.n_solves();
  return result;
}

#define INSTANTIATE(dim)                                                                           \
  template RelaxationModes relaxation_modes(const FokkerPlanckForm<dim> &, unsigned int, double,   \
                                            bool, const SolverSettings &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
