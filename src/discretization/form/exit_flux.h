// What leaves through walls that absorb.
#pragma once

#include "discretization/form/fokker_planck_form.h"

namespace lowland
{
/// The rate at which the discrete operator takes mass away. With e the projection of 1 in m, on unknowns
/// that vanish on the walls, the mass is m(u, e), so that
///
///   flux out = a(u, e),   and its own change along d/dt u = -M^-1 A u follows without another solve.
///
/// With a learning rate schedule A = A0 + removed A1 (fokker_planck_form.h).
template <int dim>
class ExitFlux
{
public:
  /// Solves with the mass matrix. Throws SolverError.
  explicit ExitFlux(const FokkerPlanckForm<dim> &form);
  ~ExitFlux();

  /// Mass that leaves per time. `v`: unknowns of the form.
  double rate(const PETScVector &v, double removed = 0) const;
  /// d/dt of the above, with the time derivative of `removed`.
  double change(const PETScVector &v, double removed = 0, double removed_rate = 0) const;

private:
  const FokkerPlanckForm<dim> &form_;
  /// A^T e and M^-1 A^T e; the second pair is that of A1.
  std::vector<PETScVector> rates_, changes_;
};
} // namespace lowland
