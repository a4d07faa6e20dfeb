// The one bilinear form of the Fokker-Planck equation.
//
//   mass:      m(u, v) = int w u v dmu
//   operator:  a(u, v) = int w (D grad u . grad v + u g . grad v) dmu,   g = b - D grad(-log w)
//
// so that m(du/dt, v) + a(u, v) = 0 for all v, with rho = w u and the current
// J = -(rho b + D grad rho) = -w (D grad u + u g). D, b and their factors: model/noise/noise.h. No flux
// leaves the domain: the form has no boundary term. Testing with v = 1 shows that mass is conserved. Walls
// that absorb have u = 0 (DensitySpace); discontinuous elements add Nitsche's terms and outflow there.
//
// Discontinuous elements add on each interior face, with normal n from - to +, jump [v] = v- - v+ and
// mean {.}, the symmetric interior penalty method (Arnold 1982) and the upwind flux of the drift -g:
//
//   - {w D grad u}.n [v] - {w D grad v}.n [u] + penalty w n.Dn [u][v] - w (g.n) u_up [v].
//
// Nothing divides by D, which may have any rank: along directions without noise the drift is upwinded.
// With a learning rate schedule a(t) = a + (1-s(t)) r (model/model.h), where the upwind side is chosen
// for the drifts of a and of r each, so that both are assembled once.
#pragma once

#include "discretization/algebra/solver_settings.h"
#include "discretization/form/cell_model.h"

#include <functional>

namespace lowland
{
class LinearSolver;

/// Mass matrix and operator on the current mesh.
///
/// Both are scaled by S = diag(m)^(-1/2) from both sides, because w ranges over many orders of
/// magnitude: the unknowns are v = S^-1 u, the scaled mass matrix has a unit diagonal, and the
/// constant u becomes v = S^-1 1. Rows of constrained unknowns are decoupled; their v is zero.
template <int dim>
class FokkerPlanckForm
{
public:
  /// Assembles on the current mesh of `space`.
  FokkerPlanckForm(const DensitySpace<dim> &space, const Model &model);
  ~FokkerPlanckForm();

  const DensitySpace<dim> &space() const { return space_; }
  const PETScMatrix &mass() const { return *mass_; }           ///< S m S
  const PETScMatrix &stiffness() const { return *stiffness_; } ///< S a S
  /// S r S with a learning rate schedule, null without.
  const PETScMatrix *noise_removal() const { return noise_removal_.get(); }
  /// S int w phi_i dmu: its product with v is the mass of rho.
  const PETScVector &mass_functional() const { return *mass_functional_; }
  /// S int w |phi_i| dmu: its product with |e| bounds the L1 norm of the density that e stands for.
  const PETScVector &l1_functional() const { return *l1_functional_; }

  PETScVector to_unknowns(const PETScVector &u) const; ///< v = S^-1 u, zero where constrained
  PETScVector to_ratio(const PETScVector &v) const;    ///< u = S v, hanging nodes filled in
  /// An integrand F at the quadrature points of each cell.
  using Integrand = std::function<void(const CellModel<dim> &cell, unsigned int active_cell_index,
                                       std::vector<double> &values)>;
  /// The unknowns of the weighted projection m(u, phi) = (F, phi). Throws SolverError.
  PETScVector project(const Integrand &integrand) const;
  LinearSolver &mass_solver() const;
  /// These settings with multigrid where they ask for an iterative solver of a(u, v) and its shifts.
  SolverSettings with_multigrid(const SolverSettings &settings) const;
  /// Number of nonzero entries of one matrix, over all ranks.
  std::size_t n_nonzeros() const;

private:
  const DensitySpace<dim> &space_;
  const Model &model_;
  std::unique_ptr<PETScMatrix> mass_, stiffness_, noise_removal_;
  std::unique_ptr<PETScVector> mass_functional_, l1_functional_, scale_;
  mutable std::unique_ptr<LinearSolver> mass_solver_;
};
} // namespace lowland
