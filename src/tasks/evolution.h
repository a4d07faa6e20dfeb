// The time loop: one density from its start to the end of the run, on a mesh that follows it.
#pragma once

#include "discretization/exit_flux.h"
#include "output/checkpoint.h"
#include "output/fields.h"
#include "output/log.h"
#include "output/named_functions.h"
#include "output/record.h"
#include "output/run_folder.h"
#include "tasks/interruption.h"
#include "tasks/mesh_control.h"
#include "tasks/problem.h"
#include "tasks/step_control.h"
#include "tasks/tasks.h"
#include "tasks/time_integrator.h"

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace lowland
{
/// The choices of the run that wrote the checkpoint. Throws OutputError where it does not say.
std::optional<SavedChoices> saved_choices(const std::optional<Checkpoint> &checkpoint);
/// Its time scheme. Throws OutputError likewise.
TimeScheme saved_scheme(const Checkpoint &checkpoint);
/// The parameters that the run in the folder was started with, and these assignments. Throws OutputError likewise.
Parameters parameters_of(const Checkpoint &checkpoint, const std::vector<std::string> &assignments,
                         const std::string &run_folder);

/// One run of `evolve`. The members stand in the order in which the density passes through them.
template <int dim>
class Evolution
{
public:
  /// From the initial density, or from a checkpoint of a run with the same parameters.
  Evolution(const Parameters &parameters, const RunOptions &options,
            std::optional<Checkpoint> checkpoint = {});
  ~Evolution();

  /// Called with time and u = rho/w at each recorded time.
  using Observer =
      std::function<void(double time, const Problem<dim> &problem, const PETScVector &u)>;
  /// Solves to the end, or until it is told to stop, and writes the run folder. Throws SolverError,
  /// OutputError.
  ExitStatus run(const Observer &observer = {});

  const std::vector<Record> &records() const { return records_; }

private:
  void prepare();
  void make_integrator();
  void project_start();
  bool is_due(double time) const;
  bool advance_to(double time);
  bool try_step(const PETScVector &before, double dt);
  std::optional<double> attempt(double dt);
  void recover(double dt);
  void replace_solver();
  double change_since(const PETScVector &before) const;
  MeshVerdict judge_mesh(bool is_recorded);
  void follow(MeshVerdict verdict);
  void take_mesh(const CellPolynomials &polynomials);
  bool keep_nonnegative(double share = std::numeric_limits<double>::infinity());
  void rescale_mass(double mass);
  double mass() const;
  double mass_to_keep() const;
  void add_exits(const PETScVector &before, double dt);
  double removed(double time) const;
  std::string state() const;

  // In evolution_record.cc:
  void record();
  Record measure();
  void add_basin_masses(const PETScVector &u, Record &row);
  void finish();
  nlohmann::json summary(const Record &last) const;
  std::vector<double> last_basin_masses() const;

  // In evolution_checkpoint.cc:
  bool stops_here();
  ExitStatus stop();
  void save();
  nlohmann::json snapshot() const;
  void restore();
  void restore(const nlohmann::json &state);

  double wall_start_ = MPI_Wtime();
  const MPI_Comm communicator_ = MPI_COMM_WORLD;
  const Parameters &parameters_;
  const RunOptions options_;
  std::optional<Checkpoint> checkpoint_; ///< to go on from
  Interruption interruption_;
  Log log_;
  RunFolder folder_; ///< made when nothing can be refused any more
  CheckpointFolder checkpoints_;
  const std::vector<double> output_times_;
  Problem<dim> problem_;
  std::unique_ptr<FokkerPlanckForm<dim>> form_;
  std::unique_ptr<TimeIntegrator> integrator_;
  std::unique_ptr<ExitFlux<dim>> exit_flux_; ///< null without walls that absorb
  std::unique_ptr<PETScVector> v_;           ///< the form's unknowns
  std::unique_ptr<PETScVector> loss_;        ///< the projected loss on this mesh, once it is needed
  std::unique_ptr<BasinPartition<dim>> basins_; ///< likewise, where there are several
  std::vector<NamedFunction> functions_;
  FieldWriter fields_;
  std::vector<Record> records_;

  const TimeScheme scheme_;
  double time_ = 0, end_;
  StepControl steps_;
  MeshControl<dim> mesh_control_;
  double last_field_ = -1, mass_error_ = 0, invariant_normalisation_;
  double exited_ = 0;       ///< mass that walls have absorbed: the integral of the flux out
  double limited_mass_ = 0; ///< L1 norm of all that the limiter moved
  CellErrors limited_;      ///< what the limiter would move on each cell after the last step
  std::string failure_;     ///< of the last step that failed
  bool direct_ = false;     ///< the iterative solver was given up
  unsigned int n_failed_ = 0, n_steps_ = 0, n_rejected_ = 0, n_factorizations_ = 0, n_meshes_ = 0;
};

} // namespace lowland
