#include "tasks/evolution/rosenbrock_integrator.h"

#include "discretization/form/l1_bound.h"
#include "input/errors.h"
#include "model/search/point_vector.h"

#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <cmath>

namespace lowland
{
namespace
{
/// The error of the solution of order p that is propagated, from the estimate for the embedded one of
/// order p-1, which is C (dt/T)^p with the time scale T of the density: one more factor dt/T. The
/// constant is from Ornstein-Uhlenbeck and student runs with 4l and ra34pw2; it keeps a margin.
double propagated_error(double embedded_error, unsigned int order)
{
  return 0.1 * std::pow(embedded_error, 1 + 1.0 / order);
}
} // namespace

RosenbrockIntegrator::RosenbrockIntegrator(const PETScMatrix &mass, const PETScMatrix &stiffness,
                                           const PETScVector &l1_functional,
                                           const TimeScheme &scheme, const SolverSettings &settings,
                                           NoiseRemoval removal)
    : mass_(mass), stiffness_(stiffness), removal_(std::move(removal)),
      l1_functional_(l1_functional), scheme_(scheme)
{
  const char *doing = "setting up the time integrator";
  const MPI_Comm communicator = mass.get_mpi_communicator();
  check_petsc(MatDuplicate(stiffness, MAT_DO_NOT_COPY_VALUES, &matrix_), doing);
  check_petsc(VecDuplicate(l1_functional, &work_), doing);
  check_petsc(VecDuplicate(l1_functional, &embedded_), doing);
  TSCreate(communicator, &ts_);
  TSSetType(ts_, TSROSW);
  check_petsc(TSRosWSetType(ts_, scheme.name.c_str()), doing);
  TSSetProblemType(ts_, TS_LINEAR);
  TSSetIFunction(ts_, nullptr, residual, this);
  TSSetIJacobian(ts_, matrix_, matrix_, stage_matrix, this);
  TSSetExactFinalTime(ts_, TS_EXACTFINALTIME_STEPOVER);
  TSSetMaxTime(ts_, 1e300);
  TSSetMaxSteps(ts_, PETSC_MAX_INT - 1);
  // Step sizes are chosen by the caller, who knows what a new factorization costs.
  TSAdapt adapt;
  TSGetAdapt(ts_, &adapt);
  TSAdaptSetType(adapt, TSADAPTNONE);
  SNES snes;
  KSP ksp;
  TSGetSNES(ts_, &snes);
  SNESSetType(snes, SNESKSPONLY);
  SNESGetKSP(snes, &ksp);
  check_petsc(TSSetFromOptions(ts_), doing);
  configure(ksp, settings, false);
}

RosenbrockIntegrator::~RosenbrockIntegrator()
{
  TSDestroy(&ts_);
  MatDestroy(&matrix_);
  VecDestroy(&work_);
  VecDestroy(&embedded_);
}

double RosenbrockIntegrator::step(PETScVector &v, double time, double dt, double)
{
  time_ = time;
  TSSetTime(ts_, 0);
  TSSetTimeStep(ts_, dt);
  const QuietPetsc quiet; // a solver that gives up is told in our words
  check_petsc(TSSetSolution(ts_, v), "a time step");
  const PetscErrorCode code = TSStep(ts_);
  SNES snes;
  KSP ksp;
  TSGetSNES(ts_, &snes);
  SNESGetKSP(snes, &ksp);
  check_convergence(ksp, "A time step");
  check_petsc(code, "a time step");

  PetscBool available = PETSC_FALSE;
  check_petsc(TSEvaluateStep(ts_, scheme_.order - 1, embedded_, &available), "a time step");
  return propagated_error(l1_bound(l1_functional_, embedded_, v), scheme_.order);
}

double RosenbrockIntegrator::growth(double error, double allowed) const
{
  return 0.9 * std::pow(allowed / std::max(error, 1e-300), 1.0 / (scheme_.order + 1));
}

double RosenbrockIntegrator::removed(double petsc_time) const
{
  return removal_.matrix ? removal_.removed(time_ + petsc_time) : 0;
}

long RosenbrockIntegrator::n_iterations() const
{
  PetscInt n = 0;
  TSGetKSPIterations(ts_, &n);
  return n;
}

PetscErrorCode RosenbrockIntegrator::residual(TS, PetscReal time, Vec v, Vec v_dot, Vec result,
                                              void *self)
{
  const auto &integrator = *static_cast<const RosenbrockIntegrator *>(self);
  PetscFunctionBeginUser;
  PetscCall(MatMult(integrator.mass_, v_dot, result));
  PetscCall(MatMult(integrator.stiffness_, v, integrator.work_));
  PetscCall(VecAXPY(result, 1, integrator.work_));
  if (integrator.removal_.matrix)
  {
    PetscCall(MatMult(*integrator.removal_.matrix, v, integrator.work_));
    PetscCall(VecAXPY(result, integrator.removed(time), integrator.work_));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RosenbrockIntegrator::stage_matrix(TS, PetscReal time, Vec, Vec, PetscReal shift,
                                                  Mat, Mat matrix, void *self)
{
  auto &integrator = *static_cast<RosenbrockIntegrator *>(self);
  PetscFunctionBeginUser;
  const double removed = integrator.removed(time);
  if (shift == integrator.shift_ && removed == integrator.removed_from_matrix_)
    PetscFunctionReturn(0); // PETSc sees an unchanged matrix and keeps the factors
  PetscCall(MatCopy(integrator.stiffness_, matrix, SAME_NONZERO_PATTERN));
  PetscCall(MatAXPY(matrix, shift, integrator.mass_, SAME_NONZERO_PATTERN));
  if (integrator.removal_.matrix)
    PetscCall(MatAXPY(matrix, removed, *integrator.removal_.matrix, SAME_NONZERO_PATTERN));
  integrator.shift_ = shift;
  integrator.removed_from_matrix_ = removed;
  ++integrator.n_factorizations_;
  PetscFunctionReturn(0);
}
} // namespace lowland
