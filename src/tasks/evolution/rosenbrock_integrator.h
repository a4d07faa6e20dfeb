// Time steps of M dv/dt + A v = 0 by PETSc's Rosenbrock methods, with A = A0 + removed(t) A1.
#pragma once

#include "discretization/algebra/linear_solver.h"
#include "tasks/evolution/time_integrator.h"

#include <functional>
#include <petscts.h>

namespace lowland
{
/// The part of A that depends on time.
struct NoiseRemoval
{
  const PETScMatrix *matrix = nullptr;     ///< A1; null: none
  std::function<double(double)> removed{}; ///< its factor at a time
};

/// The matrix of the stages is built and factored only when the step size changes, so a caller who keeps it pays
/// four triangular solves a step.
class RosenbrockIntegrator : public TimeIntegrator
{
public:
  /// `scheme`: one with an order. The matrices must outlive the integrator.
  RosenbrockIntegrator(const PETScMatrix &mass, const PETScMatrix &stiffness,
                       const PETScVector &l1_functional, const TimeScheme &scheme,
                       const SolverSettings &settings, NoiseRemoval removal = {});
  ~RosenbrockIntegrator() override;
  RosenbrockIntegrator(const RosenbrockIntegrator &) = delete;

  /// The error is estimated from that of the embedded method of one order less.
  double step(PETScVector &v, double time, double dt, double allowed = 0) override;
  double growth(double error, double allowed) const override;
  unsigned int n_factorizations() const override { return n_factorizations_; }
  /// Krylov iterations of all stages so far; counts the solves of a direct solver.
  long n_iterations() const;

private:
  static PetscErrorCode residual(TS, PetscReal, Vec v, Vec v_dot, Vec result, void *self);
  static PetscErrorCode stage_matrix(TS, PetscReal, Vec, Vec, PetscReal shift, Mat, Mat matrix,
                                     void *self);

  double removed(double petsc_time) const;

  const PETScMatrix &mass_, &stiffness_;
  const NoiseRemoval removal_;
  double time_ = 0; ///< PETSc's clock starts at 0 in each step
  const PETScVector &l1_functional_;
  const TimeScheme scheme_;
  TS ts_ = nullptr;
  Mat matrix_ = nullptr;
  Vec work_ = nullptr, embedded_ = nullptr;
  double shift_ = -1, removed_from_matrix_ = 0;
  unsigned int n_factorizations_ = 0;
};
} // namespace lowland
