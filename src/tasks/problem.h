// One problem, set up from the parameter file to the adapted mesh: what every task starts from.
#pragma once

#include "discretization/error_estimator.h"
#include "discretization/fokker_planck_form.h"
#include "discretization/mesh_change.h"
#include "model/domain.h"
#include "output/log.h"

namespace lowland
{
/// The members stand in the order in which the data flow: model, domain, start, mesh, equilibrium and
/// reference weight, space.
template <int dim>
class Problem
{
public:
  /// Chooses the reference weight, the element and the mesh, and tells `log` why.
  Problem(const Parameters &parameters, MPI_Comm communicator, Log &log);

  /// Refines until the weight and, with `start`, the initial density are resolved.
  void adapt_mesh(bool to_start);
  /// int pi/max(pi) dmu on the current mesh: pi = exp(-(V - V_min)) / Z. NaN without equilibrium.
  double invariant_normalisation() const;

  const Parameters &parameters;
  double tolerance; ///< L1 error of the density
  Model model;
  Domain domain;
  InitialDensity start;
  std::vector<Minimum> minima; ///< of the loss in the domain, lowest first
  Mesh<dim> mesh;
  std::unique_ptr<DensitySpace<dim>> space;
  MarkingLimits limits;
  bool adaptive;
  Log &log;

private:
  void find_equilibrium();
  void check_loss_sign() const;
  void choose_weight();
  void choose_space();
  void report_floor() const;
};

} // namespace lowland
