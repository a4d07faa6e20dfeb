// When a long run is to write a checkpoint, and when to stop after it.
#pragma once

#include <mpi.h>
#include <optional>
#include <string>

namespace lowland
{
/// What is to be done after a step.
enum class Request
{
  none,
  checkpoint,
  stop
};

/// Listens to SIGTERM, SIGINT and SIGUSR1 from now on (a run that is through ends by itself, and what
/// comes then must not look like a failure), looks for a file named `stop`, and watches the clock. All
/// ranks agree, because poll() is collective.
class Interruption
{
public:
  /// `interval`: seconds between two checkpoints. `end`: when the run must be over, on the clock of
  /// MPI_Wtime; the scheduler may set an earlier end, wall_time_left().
  Interruption(MPI_Comm communicator, std::string stop_file, double interval,
               std::optional<double> end);
  Interruption(const Interruption &) = delete;

  /// To be called after each step: the time between two calls tells how early to stop before the limit.
  Request poll();
  /// A checkpoint took this long (seconds); the next interval begins.
  void checkpoint_written(double seconds);
  /// Why poll() wants to stop.
  const std::string &reason() const { return reason_; }

private:
  double reserve() const;

  MPI_Comm communicator_;
  std::string stop_file_, reason_;
  double interval_, start_, end_; ///< of the run, end_ infinite without a limit
  double last_poll_, last_checkpoint_, longest_step_ = 0, longest_checkpoint_ = 0;
};

/// The seconds of a wall time as SLURM writes it: minutes, minutes:seconds, hours:minutes:seconds or
/// days-hours:minutes:seconds. Throws InputError.
double parse_wall_time(const std::string &text);

/// The seconds until the scheduler ends this job, by SLURM_JOB_END_TIME; nothing outside of a job.
std::optional<double> wall_time_left();
} // namespace lowland
