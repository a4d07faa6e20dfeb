// The density as it evolves from its start, one time step after another, on a mesh that follows it.
#pragma once

#include "discretization/form/exit_flux.h"
#include "input/errors.h"
#include "tasks/evolution/mesh_control.h"
#include "tasks/evolution/step_control.h"
#include "tasks/evolution/time_integrator.h"

#include <functional>
#include <limits>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace lowland
{
/// No solver makes the step: the density is the one before it.
struct StepError : SolverError
{
  using SolverError::SolverError;
};

/// The public functions stand in the order in which a run calls them.
template <int dim>
class EvolvingDensity
{
public:
  /// Changes the mesh of `problem`, which must outlive this.
  EvolvingDensity(Problem<dim> &problem, const TimeScheme &scheme);
  ~EvolvingDensity();

  /// Projects the start, on a mesh fine enough for the limiter to move little of it. Throws SolverError.
  void project_start();
  /// Makes one step, no further than `time`, and lets the mesh follow; at `time` the mesh is looked at in any case.
  /// `is_last`: no step is made from there. Throws StepError, and SolverError.
  void step(double time, bool is_last);
  /// Makes rho >= 0 with discontinuous elements, if that moves less than this share of the tolerance, and says whether.
  /// What it would move counts as an error of the mesh.
  bool keep_nonnegative(double share = std::numeric_limits<double>::infinity());

  const TimeScheme &scheme() const { return scheme_; }
  const FokkerPlanckForm<dim> &form() const { return *form_; }
  /// Null without walls that absorb.
  const ExitFlux<dim> *exit_flux() const { return exit_flux_.get(); }
  double time() const { return state_.time; }
  const PETScVector &v() const { return *state_.v; } ///< the form's unknowns
  PETScVector ratio() const;                         ///< u = rho/w
  double exited() const { return state_.exited; }    ///< mass that walls have absorbed
  /// L1 norm of all that the limiter moved.
  double limited_mass() const { return state_.limited_mass; }
  double last_step() const { return state_.steps.last(); }
  /// The estimate at the last look at the mesh.
  double space_error() const { return mesh_control_.space_error(); }
  unsigned int n_meshes() const { return n_meshes_; }
  /// Adds the numbers of steps, meshes and factorizations so far.
  void add_counts(nlohmann::json &counts) const;

  /// All but the cells' records.
  void save(nlohmann::json &saved) const;
  /// Goes on from there, with the records as read_records() takes them. Throws OutputError, and nlohmann's exceptions
  /// where something is lacking.
  void restore(const nlohmann::json &saved, const std::function<std::string()> &next_block);

private:
  /// All that a step changes, kept as a whole to undo it. Copies share v: each step works on one of its own.
  struct State
  {
    StepControl steps;
    double time = 0;
    std::shared_ptr<PETScVector> v{};
    double exited = 0; ///< the integral of the flux out
    double limited_mass = 0;
  };

  void prepare();
  void make_integrator();
  bool try_step(double time, bool is_last);
  bool advance(const PETScVector &before, double dt);
  std::optional<double> attempt(double dt);
  void recover(double dt);
  void replace_solver();
  double change_since(const PETScVector &before) const;
  MeshVerdict judge_mesh(bool must_be, bool is_last);
  void follow(MeshVerdict verdict);
  void take_mesh(const CellPolynomials &polynomials);
  void rescale_mass(double mass_wanted);
  double mass() const;
  double mass_to_keep() const;
  void add_exits(const PETScVector &before, double dt);
  double removed(double time) const;

  Problem<dim> &problem_;
  const TimeScheme scheme_;
  std::unique_ptr<FokkerPlanckForm<dim>> form_;
  std::unique_ptr<TimeIntegrator> integrator_;
  std::unique_ptr<ExitFlux<dim>> exit_flux_;
  State state_;
  MeshControl<dim> mesh_control_;
  CellErrors limited_;  ///< what the limiter would move on each cell after the last step
  std::string failure_; ///< of the last step that failed
  bool direct_ = false; ///< the iterative solver was given up
  unsigned int n_failed_ = 0, n_steps_ = 0, n_rejected_ = 0, n_factorizations_ = 0, n_meshes_ = 0;
};
} // namespace lowland
