#include "tasks/time_integrator.h"

#include "input/errors.h"
#include "model/point_vector.h"

#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

namespace lowland
{
const std::vector<RosenbrockScheme> &rosenbrock_schemes()
{
  // 4l: Hairer & Wanner, Solving Ordinary Differential Equations II, table 7.2, "L-stable";
  // ra34pw2: Rang & Angermann, BIT 45 (2005) 761, a W method; 2p: a two-stage W method.
  static const std::vector<RosenbrockScheme> schemes = {
      {"4l", 4, false}, {"ra34pw2", 3, true}, {"rodas3", 3, false}, {"2p", 2, true}};
  return schemes;
}

TimeIntegrator::TimeIntegrator(const PETScMatrix &mass, const PETScMatrix &stiffness,
                               const PETScVector &l1_functional, const RosenbrockScheme &scheme,
                               const SolverSettings &settings, const PETScMatrix *noise_removal)
    : mass_(mass), stiffness_(stiffness), noise_removal_(noise_removal),
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

TimeIntegrator::~TimeIntegrator()
{
  TSDestroy(&ts_);
  MatDestroy(&matrix_);
  VecDestroy(&work_);
  VecDestroy(&embedded_);
}

double TimeIntegrator::step(PETScVector &v, double dt, double time,
                            std::function<double(double)> removed)
{
  time_ = time;
  removed_ = std::move(removed);
  return step(v, dt);
}

double TimeIntegrator::step(PETScVector &v, double dt)
{
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
  VecAXPY(embedded_, -1, v);
  VecAbs(embedded_);
  double error = 0;
  check_petsc(VecDot(embedded_, l1_functional_, &error), "a time step");
  return error;
}

long TimeIntegrator::n_iterations() const
{
  PetscInt n = 0;
  TSGetKSPIterations(ts_, &n);
  return n;
}

PetscErrorCode TimeIntegrator::residual(TS, PetscReal time, Vec v, Vec v_dot, Vec result,
                                        void *self)
{
  const auto &integrator = *static_cast<const TimeIntegrator *>(self);
  PetscFunctionBeginUser;
  PetscCall(MatMult(integrator.mass_, v_dot, result));
  PetscCall(MatMult(integrator.stiffness_, v, integrator.work_));
  PetscCall(VecAXPY(result, 1, integrator.work_));
  if (integrator.noise_removal_)
  {
    PetscCall(MatMult(*integrator.noise_removal_, v, integrator.work_));
    PetscCall(VecAXPY(result, integrator.removed_(integrator.time_ + time), integrator.work_));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode TimeIntegrator::stage_matrix(TS, PetscReal time, Vec, Vec, PetscReal shift, Mat,
                                            Mat matrix, void *self)
{
  auto &integrator = *static_cast<TimeIntegrator *>(self);
  PetscFunctionBeginUser;
  const double removed = integrator.removed_(integrator.time_ + time);
  if (shift == integrator.shift_ && removed == integrator.removed_from_matrix_)
    PetscFunctionReturn(0); // PETSc sees an unchanged matrix and keeps the factors
  PetscCall(MatCopy(integrator.stiffness_, matrix, SAME_NONZERO_PATTERN));
  PetscCall(MatAXPY(matrix, shift, integrator.mass_, SAME_NONZERO_PATTERN));
  if (integrator.noise_removal_)
    PetscCall(MatAXPY(matrix, removed, *integrator.noise_removal_, SAME_NONZERO_PATTERN));
  integrator.shift_ = shift;
  integrator.removed_from_matrix_ = removed;
  ++integrator.n_factorizations_;
  PetscFunctionReturn(0);
}
} // namespace lowland
