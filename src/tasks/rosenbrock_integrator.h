// Time steps of M dv/dt + A v = 0 by PETSc's Rosenbrock methods, with A = A0 + removed(t) A1.
#pragma once

#include "discretization/forward.h"
#include "discretization/linear_solver.h"

#include <functional>
#include <petscts.h>
#include <string>
#include <vector>

namespace lowland
{
/// A Rosenbrock method of PETSc that is L-stable: fast modes die in one step.
struct RosenbrockScheme
{
  std::string name; ///< PETSc's
  unsigned int order;
  /// Whether it is a W method: the order does not need the derivative of the residual by time, which
  /// PETSc leaves out.
  bool allows_time;
};
/// All that can be chosen; the first is the default.
const std::vector<RosenbrockScheme> &rosenbrock_schemes();

/// Integrates on one mesh. The matrix of the stages is built and factored only when the step size
/// changes, so a caller who keeps it pays four triangular solves a step.
class TimeIntegrator
{
public:
  /// The matrices must outlive the integrator. `noise_removal`, A1, may be null.
  TimeIntegrator(const PETScMatrix &mass, const PETScMatrix &stiffness,
                 const PETScVector &l1_functional, const RosenbrockScheme &scheme,
                 const SolverSettings &settings, const PETScMatrix *noise_removal = nullptr);
  ~TimeIntegrator();
  TimeIntegrator(const TimeIntegrator &) = delete;

  /// Advances v by dt and returns the estimated L1 error of the density made in this step, by the
  /// embedded method of one order less. Throws SolverError.
  double step(PETScVector &v, double dt);
  /// The same from `time` on, with the factor of A1 as a function of time.
  double step(PETScVector &v, double dt, double time, std::function<double(double)> removed);

  unsigned int order() const { return scheme_.order; }
  unsigned int n_factorizations() const { return n_factorizations_; }
  /// Krylov iterations of all stages so far; counts the solves of a direct solver.
  long n_iterations() const;

private:
  static PetscErrorCode residual(TS, PetscReal, Vec v, Vec v_dot, Vec result, void *self);
  static PetscErrorCode stage_matrix(TS, PetscReal, Vec, Vec, PetscReal shift, Mat, Mat matrix,
                                     void *self);

  const PETScMatrix &mass_, &stiffness_, *noise_removal_;
  std::function<double(double)> removed_ = [](double) { return 0.0; };
  double time_ = 0; ///< PETSc's clock starts at 0 in each step
  const PETScVector &l1_functional_;
  RosenbrockScheme scheme_;
  TS ts_ = nullptr;
  Mat matrix_ = nullptr;
  Vec work_ = nullptr, embedded_ = nullptr;
  double shift_ = -1, removed_from_matrix_ = 0;
  unsigned int n_factorizations_ = 0;
};
} // namespace lowland
