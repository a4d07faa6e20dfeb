#include "tasks/evolution/evolution.h"

#include "tasks/evolution/computed_start.h"
#include "tasks/evolution/scheme_choice.h"
#include "tasks/problem/requirements.h"

#include <deal.II/lac/petsc_vector.h>

#include <cmath>

namespace lowland
{
template <int dim>
Evolution<dim>::Evolution(const Parameters &parameters, const RunOptions &options,
                          std::optional<Checkpoint> checkpoint)
    : parameters_(parameters), options_(options), checkpoint_(std::move(checkpoint)),
      interruption_(communicator_, options.output + "/stop",
                    60 * parameters.number("Checkpoint", "Interval"), options.end_of_wall_time),
      log_(communicator_, options.quiet),
      folder_(options.output, options.overwrite || checkpoint_, parameters, communicator_),
      checkpoints_(options.output, communicator_), output_times_(output_times(parameters)),
      problem_(parameters, parameters.number("Time", "Tolerance"),
               checkpoint_ ? InitialDensity(parameters)
                           : complete_start<dim>(parameters, communicator_, log_),
               communicator_, log_, saved_choices(checkpoint_)),
      functions_(read_observables(parameters)),
      fields_(folder_.path(), parameters.texts("Output", "Fields"), problem_.tolerance, log_),
      density_(problem_, checkpoint_ ? saved_scheme(*checkpoint_) : choose_scheme(problem_)),
      end_(parameters.number("Time", "End"))
{
  require_no_point_mass(problem_);
  log_.entry("time scheme", described(problem_, density_.scheme()));
  if (parameters.given("Time", "End") && output_times_.back() < end_)
    log_.warn("the run ends with the last of Time/Output times, t = " +
              format(output_times_.back()) + ", before Time/End = " + format(end_));
}

template <int dim>
Evolution<dim>::~Evolution() = default;

template <int dim>
ExitStatus Evolution<dim>::run(const Observer &observer)
{
  if (checkpoint_)
    restore();
  else
  {
    density_.project_start();
    folder_.create(log_);
    save(); // from now on there is something to go on from
  }
  log_.line("Evolution");
  for (const double time : output_times_)
  {
    if (!is_due(time))
      continue;
    if (!advance_to(time))
      return stop();
    record();
    if (observer)
      observer(density_.time(), problem_, density_.ratio());
  }
  finish();
  return exit_done;
}

/// Whether an output time lies ahead; a run that goes on has some behind it.
template <int dim>
bool Evolution<dim>::is_due(double time) const
{
  return time >= density_.time() && (records_.empty() || time > records_.back()["time"]);
}

/// False if the run is to stop on the way.
template <int dim>
bool Evolution<dim>::advance_to(double time)
{
  while (density_.time() < time)
  {
    step(time);
    log_.progress(density_.time() / end_, state());
    if (density_.time() < output_times_.back() && stops_here())
      return false;
  }
  return true;
}

/// One step, or the end with a checkpoint.
template <int dim>
void Evolution<dim>::step(double time)
try
{
  const unsigned int n_meshes = density_.n_meshes();
  density_.step(time, time == output_times_.back());
  if (density_.n_meshes() != n_meshes)
    on_mesh_ = OnMesh();
}
catch (const StepError &error)
{
  save();
  throw SolverError(std::string(error.what()) + " A checkpoint of the time before it is kept.");
}

template <int dim>
std::string Evolution<dim>::state() const
{
  const double distance = records_.empty() ? NAN : records_.back()["l1_to_invariant"];
  return "t = " + format(density_.time()) + ", step " + format(density_.last_step(), 2) + ", " +
         std::to_string(problem_.mesh.n_cells()) + " cells" +
         (std::isfinite(distance) ? ", distance " + format(distance, 2) : "");
}

template class Evolution<1>;
template class Evolution<2>;
template class Evolution<3>;
} // namespace lowland
