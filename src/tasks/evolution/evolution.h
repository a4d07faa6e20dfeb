// The time loop of a run: from one output time to the next, with all that is written there.
#pragma once

#include "output/checkpoint.h"
#include "output/fields.h"
#include "output/log.h"
#include "output/named_functions.h"
#include "output/record.h"
#include "output/run_folder.h"
#include "tasks/evolution/evolving_density.h"
#include "tasks/evolution/interruption.h"
#include "tasks/problem/problem.h"
#include "tasks/tasks.h"

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
  bool is_due(double time) const;
  bool advance_to(double time);
  void step(double time);
  std::string state() const;

  // In evolution_record.cc:
  void record();
  Record measure();
  double invariant_normalisation() const;
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
  std::vector<NamedFunction> functions_;
  FieldWriter fields_;
  EvolvingDensity<dim> density_;
  std::vector<Record> records_;
  /// What the records on one mesh share, each once it is needed.
  struct OnMesh
  {
    std::optional<double> invariant_normalisation; ///< NaN where no density is invariant
    std::unique_ptr<PETScVector> loss;             ///< projected
    std::unique_ptr<BasinPartition<dim>> basins;   ///< where there are several
  } on_mesh_;
  const double end_;
  double last_field_ = -1, mass_error_ = 0;
};
} // namespace lowland
