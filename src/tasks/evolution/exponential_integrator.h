// Time steps that are exact: v(t + dt) = exp(-dt M^-1 A) v(t), by a rational Krylov method.
//
// With S = (M + gamma A)^-1 M, whose eigenvalues 1/(1 + gamma lambda) lie in (0, 1], the exponential is a function
// of S that is smooth there, exp(-dt lambda) = f(s) with f(s) = exp((dt/gamma) (1 - 1/s)). So it is well
// approximated in the space of v, S v, S^2 v, ... (van den Eshof & Hochbruck, SIAM J. Sci. Comput. 27 (2006) 1438):
// with the pole of S fitted to dt each further vector, one solve with the same factors, divides the error by about
// 2.4 however stiff A is (Andersson, J. Approx. Theory 32 (1981) 85). SLEPc's Arnoldi method makes the basis V and
// H = V^T S V, its matrix functions make f(H), and v(t + dt) = |v| V f(H) e_1.
#pragma once

#include "discretization/algebra/linear_solver.h"
#include "tasks/evolution/time_integrator.h"

#include <slepcbv.h>
#include <slepcfn.h>

namespace lowland
{
class ExponentialIntegrator : public TimeIntegrator
{
public:
  /// The matrices must outlive the integrator.
  ExponentialIntegrator(const PETScMatrix &mass, const PETScMatrix &stiffness,
                        const PETScVector &l1_functional, const SolverSettings &settings);
  ~ExponentialIntegrator() override;
  ExponentialIntegrator(const ExponentialIntegrator &) = delete;

  /// Takes as many vectors as the error needs, which is estimated from what the last two changed.
  double step(PETScVector &v, double time, double dt, double allowed) override;
  double growth(double error, double allowed) const override;
  unsigned int n_factorizations() const override { return n_factorizations_; }

private:
  static PetscErrorCode multiply(Mat shifted_inverse, Vec x, Vec result);
  void choose_pole(double dt);
  double replace_by(PetscInt n_vectors, double dt, double norm);

  const PETScMatrix &mass_, &stiffness_;
  const PETScVector &l1_functional_;
  double pole_ = 0; ///< gamma
  KSP solver_ = nullptr;
  Mat matrix_ = nullptr;          ///< M + gamma A
  Mat shifted_inverse_ = nullptr; ///< S, not assembled
  Mat projection_ = nullptr;      ///< H, and more
  Vec product_ = nullptr, next_ = nullptr, last_ = nullptr;
  BV basis_ = nullptr;
  FN exponential_ = nullptr, cayley_ = nullptr, function_ = nullptr;
  unsigned int n_factorizations_ = 0;
};
} // namespace lowland
