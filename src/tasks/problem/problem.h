// One problem, set up from the parameter file to the adapted mesh: what every task starts from.
#pragma once

#include "discretization/adaptation/cell_marking.h"
#include "discretization/adaptation/error_estimator.h"
#include "discretization/form/fokker_planck_form.h"
#include "discretization/space/cell_records.h"
#include "model/domain/domain.h"
#include "model/equilibrium/integrability.h"
#include "output/basin_masses.h"
#include "output/log.h"
#include "tasks/problem/element_choice.h"

#include <optional>

namespace lowland
{
/// What a run that goes on takes from its checkpoint instead of choosing it again.
struct SavedChoices
{
  ReferenceWeight weight;
  double lowest_loss; ///< what max(pi) belongs to
  ElementChoice element;
  std::vector<CellName> cells; ///< the active cells
  std::vector<double> kinks;   ///< Domain::kinks
  std::optional<Box> box;      ///< Domain::found
};

/// The members stand in the order in which the data flow: model, domain, start, mesh, equilibrium and
/// reference weight, space.
template <int dim>
class Problem
{
public:
  /// Chooses the reference weight, the element and the mesh for this L1 error of the density, and tells
  /// `log` why; or takes them from `saved`. Throws InputError, and OutputError for saved cells that do
  /// not fit. Collective.
  Problem(const Parameters &parameters, double tolerance, InitialDensity start,
          MPI_Comm communicator, Log &log, const std::optional<SavedChoices> &saved = {});

  /// What was chosen, the active cells of all ranks included. Collective.
  SavedChoices choices() const;
  /// The unknowns of a density on the mesh of `form`, with mass 1 but for what continuous elements cannot have of it,
  /// because they vanish where it would be absorbed. Throws InputError for a density without mass, SolverError. Collective.
  PETScVector project(const InitialDensity &density, const FokkerPlanckForm<dim> &form) const;
  /// The basins of the minima on the current mesh; null where the minima are not isolated, and in a
  /// domain that closes on itself, which the flow is not followed across.
  std::unique_ptr<BasinPartition<dim>> basin_partition() const;
  /// Whether walls absorb: then no density is invariant, and mass is the probability of survival.
  bool absorbs() const { return domain.walls.any(); }
  /// Whether the form is symmetric: detailed balance, all of it in the weight.
  bool is_symmetric() const;
  /// Takes continuous elements where they suit an invariant density that no weight carries (element_choice.h).
  /// Collective.
  void take_elements_of_invariant_density();
  /// u of the invariant density that is known in closed form, with mass 1; first refines until the mesh resolves it, which
  /// a mesh made for another weight need not do. Throws InputError for a coefficient that is bad there, SolverError.
  /// Collective.
  PETScVector closed_form();
  /// Estimated L1 error of each cell in the worst resolved of these densities rho = w u. Collective.
  CellErrors errors_of(const std::vector<PETScVector> &us) const;
  /// Refines until the errors should add up to `target`, and numbers the unknowns anew. False if there is
  /// nothing left to refine. Throws InputError as check_coefficients(). Collective.
  bool refine(const CellErrors &errors, double target);
  /// Warns that the mesh is not refined further although it should be.
  void warn_of_coarse_mesh() const;
  /// Takes back what refine() did to a mesh of these cells. Collective.
  void go_back_to(const std::vector<CellName> &cells);
  /// "2212 cells, 38057 unknowns"
  std::string mesh_in_words() const;
  /// Throws InputError for a coefficient that is not finite somewhere on the mesh, or a D that is not positive
  /// semidefinite. Collective.
  void check_coefficients() const;

  const Parameters &parameters;
  double tolerance; ///< L1 error of the density
  Model model;
  Domain domain;
  InitialDensity start;
  std::vector<Minimum> minima; ///< of the loss in the domain, lowest first
  std::optional<Divergence>
      divergence;         ///< why pi, though known in closed form, cannot be normalised
  double lowest_loss = 0; ///< what max(pi) belongs to
  Mesh<dim> mesh;
  std::unique_ptr<DensitySpace<dim>> space;
  MarkingLimits limits;
  bool adaptive;
  Log &log;

private:
  void find_equilibrium(const std::optional<SavedChoices> &saved);
  void drop_absorbed_minima();
  void choose_weight();
  void take_space(const ElementChoice &choice);

  // In problem_mesh.cc, beside the public functions about it:
  unsigned int initial_refinement() const;
  void require_memory(double n_cells, const std::string &key, const std::string &what) const;
  void refine_initially();
  void adapt_first_mesh();
  void refine_around_peaks();
  void adapt_mesh(const InitialDensity &density);
  void report_mesh() const;

  // In problem_checks.cc, beside check_coefficients():
  void check_coefficients(const dealii::Quadrature<dim> &quadrature) const;
  void check_loss() const;
  void check_diffusion(bool report_rank) const;
  void check_continuity_of_diffusion() const;
  void check_walls() const;
  void check_start() const;
  void require_mass_of_start(double mass) const;
};

} // namespace lowland
