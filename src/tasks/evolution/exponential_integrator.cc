#include "tasks/evolution/exponential_integrator.h"

#include "discretization/form/l1_bound.h"
#include "input/errors.h"
#include "model/search/point_vector.h"

#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace lowland
{
namespace
{
constexpr PetscInt most_vectors = 45;
/// dt/gamma, within a factor of two: the best one is the number of vectors divided by sqrt(2). What a few vectors make
/// of f(S) is a polynomial that can be as large as (dt/gamma)^n/n! at s = 0, and so are the high frequencies of the
/// solves' rounding errors multiplied: by 10^4 at 16, where two runs on three ranks differed by 3e-12.
constexpr double pole_ratio = 5;
/// Over so many vectors the decay of their errors is observed, and at most so fast it is believed to be.
constexpr std::size_t observed_vectors = 2;
constexpr double fastest_decay = 0.05;
/// No error may be more than this part of what the step changes, so that a density comes to rest.
constexpr double share_of_change = 0.01;
/// Where the density comes out negative by more than the second part of the allowed error, only the first part of
/// that is allowed, as the exact one would not. If the error is less than the third part of what is negative, that is
/// the doing of the space, which more vectors do not mend.
constexpr double share_if_negative = 1e-3, share_of_negative = 1e-4;
constexpr double share_of_what_is_negative = 0.3;

const char *doing = "an exponential time step";

/// The error of the last of a sequence of approximations, from the L1 norms of its changes: what the last two of
/// them leave by the decay that was observed. One alone may be small by chance.
double estimated_error(const std::vector<double> &changes)
{
  const std::size_t n = changes.size();
  if (n <= observed_vectors)
    return changes.back();
  const double decay = std::clamp(
      std::pow(changes[n - 1] / changes[n - 1 - observed_vectors], 1.0 / observed_vectors),
      fastest_decay, 1.0);
  return std::max(changes[n - 1] * decay, changes[n - 2] * decay * decay);
}
} // namespace

ExponentialIntegrator::ExponentialIntegrator(const PETScMatrix &mass, const PETScMatrix &stiffness,
                                             const PETScVector &l1_functional,
                                             const SolverSettings &settings)
    : mass_(mass), stiffness_(stiffness), l1_functional_(l1_functional)
{
  const MPI_Comm communicator = mass.get_mpi_communicator();
  PetscInt n_local = 0, n = 0;
  check_petsc(VecGetLocalSize(l1_functional, &n_local), doing);
  check_petsc(VecGetSize(l1_functional, &n), doing);
  for (Vec *vector : {&product_, &next_, &last_})
    check_petsc(VecDuplicate(l1_functional, vector), doing);
  check_petsc(MatDuplicate(stiffness, MAT_DO_NOT_COPY_VALUES, &matrix_), doing);
  check_petsc(MatCreateShell(communicator, n_local, n_local, n, n, this, &shifted_inverse_), doing);
  check_petsc(MatShellSetOperation(shifted_inverse_, MATOP_MULT,
                                   reinterpret_cast<void (*)(void)>(multiply)),
              doing);
  KSPCreate(communicator, &solver_);
  configure(solver_, settings, false);

  const PetscInt size = std::min(most_vectors, n);
  check_petsc(BVCreate(communicator, &basis_), doing);
  check_petsc(BVSetSizesFromVec(basis_, l1_functional, size + 1), doing);
  check_petsc(BVSetFromOptions(basis_), doing);
  check_petsc(MatCreateSeqDense(PETSC_COMM_SELF, size + 1, size, nullptr, &projection_), doing);
  for (FN *function : {&exponential_, &cayley_, &function_})
    check_petsc(FNCreate(PETSC_COMM_SELF, function), doing);
  check_petsc(FNSetType(exponential_, FNEXP), doing);
  check_petsc(FNSetType(cayley_, FNRATIONAL), doing);
  check_petsc(FNSetType(function_, FNCOMBINE), doing);
  check_petsc(FNCombineSetChildren(function_, FN_COMBINE_COMPOSE, cayley_, exponential_), doing);
}

ExponentialIntegrator::~ExponentialIntegrator()
{
  for (FN *function : {&exponential_, &cayley_, &function_})
    FNDestroy(function);
  BVDestroy(&basis_);
  KSPDestroy(&solver_);
  for (Mat *matrix : {&matrix_, &shifted_inverse_, &projection_})
    MatDestroy(matrix);
  for (Vec *vector : {&product_, &next_, &last_})
    VecDestroy(vector);
}

PetscErrorCode ExponentialIntegrator::multiply(Mat shifted_inverse, Vec x, Vec result)
{
  void *self = nullptr;
  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(shifted_inverse, &self));
  const auto &integrator = *static_cast<const ExponentialIntegrator *>(self);
  PetscCall(MatMult(integrator.mass_, x, integrator.product_));
  PetscCall(KSPSolve(integrator.solver_, integrator.product_, result));
  PetscFunctionReturn(0);
}

/// A power of 4, so that up to twice longer and shorter steps share the factors.
void ExponentialIntegrator::choose_pole(double dt)
{
  const double pole = std::pow(4, std::round(std::log2(dt / pole_ratio) / 2));
  if (pole == pole_)
    return;
  pole_ = pole;
  check_petsc(MatCopy(stiffness_, matrix_, SAME_NONZERO_PATTERN), doing);
  check_petsc(MatScale(matrix_, pole_), doing);
  check_petsc(MatAXPY(matrix_, 1, mass_, SAME_NONZERO_PATTERN), doing);
  check_petsc(KSPSetOperators(solver_, matrix_, matrix_), doing);
  factorize(solver_);
  ++n_factorizations_;
}

/// next = norm V f(H) e_1 in the first vectors. Returns by how much that changes the density in L1.
double ExponentialIntegrator::replace_by(PetscInt n_vectors, double dt, double norm)
{
  check_petsc(VecCopy(next_, last_), doing);
  Mat h;
  Vec coefficients;
  check_petsc(MatCreateSeqDense(PETSC_COMM_SELF, n_vectors, n_vectors, nullptr, &h), doing);
  check_petsc(VecCreateSeq(PETSC_COMM_SELF, n_vectors, &coefficients), doing);
  const PetscScalar *from;
  PetscScalar *to;
  PetscInt from_stride, to_stride;
  MatDenseGetLDA(projection_, &from_stride);
  MatDenseGetLDA(h, &to_stride);
  MatDenseGetArrayRead(projection_, &from);
  MatDenseGetArray(h, &to);
  for (PetscInt j = 0; j < n_vectors; ++j)
    std::copy_n(from + j * from_stride, n_vectors, to + j * to_stride);
  MatDenseRestoreArray(h, &to);
  MatDenseRestoreArrayRead(projection_, &from);

  const double ratio = dt / pole_;
  PetscScalar numerator[] = {ratio, -ratio}, denominator[] = {1, 0};
  check_petsc(FNRationalSetNumerator(cayley_, 2, numerator), doing);
  check_petsc(FNRationalSetDenominator(cayley_, 2, denominator), doing);
  const PetscErrorCode code = FNEvaluateFunctionMatVec(function_, h, coefficients);
  if (code == 0)
  {
    VecScale(coefficients, norm);
    PetscScalar *factors;
    VecGetArray(coefficients, &factors);
    BVSetActiveColumns(basis_, 0, n_vectors);
    BVMultVec(basis_, 1, 0, next_, factors);
    VecRestoreArray(coefficients, &factors);
  }
  MatDestroy(&h);
  VecDestroy(&coefficients);
  check_petsc(code, doing);
  return l1_bound(l1_functional_, next_, last_);
}

double ExponentialIntegrator::step(PETScVector &v, double, double dt, double allowed)
{
  const QuietPetsc quiet; // a solver that gives up is told in our words
  choose_pole(dt);
  PetscReal norm = 0, error = 0;
  std::vector<double> changes;
  PetscInt size = 0, n_vectors = 0;
  check_petsc(VecNorm(v, NORM_2, &norm), doing);
  check_petsc(BVInsertVec(basis_, 0, v), doing);
  check_petsc(BVScaleColumn(basis_, 0, 1 / norm), doing);
  check_petsc(VecCopy(v, next_), doing);
  MatGetSize(projection_, nullptr, &size);
  PetscBool complete = PETSC_FALSE; // the space holds the exact result
  bool enough = false;
  do
  {
    PetscInt wanted = n_vectors + 1;
    const PetscErrorCode code =
        BVMatArnoldi(basis_, shifted_inverse_, projection_, n_vectors, &wanted, nullptr, &complete);
    check_convergence(solver_, "A time step");
    check_petsc(code, doing);
    n_vectors = wanted;
    changes.push_back(replace_by(n_vectors, dt, norm));
    error = estimated_error(changes);
    const double goal = std::min(allowed, share_of_change * l1_bound(l1_functional_, next_, v));
    enough = error <= share_if_negative * goal;
    if (!enough && error <= goal)
    {
      const double negative = negative_l1_bound(l1_functional_, next_);
      enough =
          negative <= share_of_negative * allowed || error <= share_of_what_is_negative * negative;
    }
  } while (!enough && !complete && n_vectors < size);
  check_petsc(VecCopy(next_, v), doing);
  return complete ? 0 : error;
}

double ExponentialIntegrator::growth(double error, double allowed) const
{
  return error > allowed ? 0.3 : 5;
}
} // namespace lowland
