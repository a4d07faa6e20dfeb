// `evolve` and `resume`: a run is started, or goes on from its newest checkpoint.
#include "discretization/algebra/libraries.h"
#include "input/rank_0.h"
#include "input/unread.h"
#include "output/checkpoint.h"
#include "tasks/dimension.h"
#include "tasks/evolution/evolution.h"
#include "tasks/tasks.h"

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace lowland
{
namespace
{
namespace fs = std::filesystem;

/// What may change when a run goes on: nothing that the density or its time steps depend on, but for how
/// long they go on.
const std::vector<std::string> may_change = {"Time/End", "Time/Output times", "Output/Fields",
                                             "Output/Interval", "Checkpoint/Interval"};

std::string file_in(const RunOptions &options, const std::string &name)
{
  return options.output + "/" + name;
}

/// The same answer of rank 0 for all.
bool on_all_ranks(const std::function<bool()> &question)
{
  int answer = 0;
  on_rank_0(MPI_COMM_WORLD, [&]() { answer = question(); });
  return dealii::Utilities::MPI::max(answer, MPI_COMM_WORLD);
}

/// Rows of the table whose values differ, as sentences.
struct Changes
{
  std::vector<std::string> allowed, refused;
};

Changes changes(const Parameters &before, const Parameters &now)
{
  Changes changes;
  for (const ParameterRow &row : parameter_table())
  {
    const std::string old_value = before.text(row.section, row.key),
                      new_value = now.text(row.section, row.key),
                      key = (row.section.empty() ? "" : row.section + "/") + row.key;
    if (old_value == new_value)
      continue;
    const bool allowed = std::count(may_change.begin(), may_change.end(), key) > 0;
    (allowed ? changes.allowed : changes.refused)
        .push_back(key + " = " + new_value + " (was " + old_value + ")");
  }
  return changes;
}

std::string list(const std::vector<std::string> &items)
{
  std::string text;
  for (const std::string &item : items)
    text += (text.empty() ? "" : ", ") + item;
  return text;
}

/// Throws InputError where a change would make another run of it.
void check_changes(const Parameters &before, const Parameters &now, double time,
                   const RunOptions &options)
{
  const Changes found = changes(before, now);
  if (!found.refused.empty())
    throw InputError("the run in `" + options.output +
                     "` has other parameters: " + list(found.refused) + ". Only " +
                     list(may_change) + " may change. For a run of its own give another --output.");
  const double end = now.number("Time", "End");
  if (end == before.number("Time", "End"))
    return;
  if (end < time)
    throw now.error("Time", "End", "the run has already come to t = " + format(time));
  if (is_read(now, "Learning rate schedule", "Period") &&
      now.text("Learning rate schedule", "Period") == "auto")
    throw now.error("Time", "End",
                    "it is the period of the learning rate schedule (Period = auto) and may not "
                    "change");
}

bool has_finished(const RunOptions &options)
{
  return on_all_ranks([&]() {
    std::error_code ignored;
    if (!fs::exists(file_in(options, "summary.json"), ignored))
      return false;
    const auto summary = nlohmann::json::parse(
        read_file(file_in(options, "summary.json"), "a summary"), nullptr, false);
    return summary.is_object() && summary.value("status", "") == "done";
  });
}

int say_finished(const RunOptions &options)
{
  Log(MPI_COMM_WORLD, options.quiet).line("The run in " + options.output + " is finished.");
  return exit_done;
}

int start(const Parameters &parameters, const RunOptions &options)
{
  return for_dimension(parameters,
                       [&](auto dim) -> int { return Evolution<dim>(parameters, options).run(); });
}

int go_on(const Parameters &now, RunOptions options, Checkpoint checkpoint)
{
  const Parameters before = parameters_of(checkpoint, {}, options.output);
  const double time = checkpoint.state.value("time", 0.0);
  check_changes(before, now, time, options);
  Log log(MPI_COMM_WORLD, options.quiet);
  if (has_finished(options) && output_times(now).back() <= time)
  {
    if (now.number("Time", "End") > before.number("Time", "End"))
      throw now.error("Time", "Output times",
                      "the last of them, t = " + format(time) +
                          ", is recorded already: give times up to the new end, or auto");
    return say_finished(options);
  }
  for (const std::string &change : changes(before, now).allowed)
    log.line("Changed: " + change);
  const std::string petsc = checkpoint.state.value("petsc_options", "");
  if (options.petsc.empty() && !petsc.empty())
  {
    log.line("With --petsc \"" + petsc + "\", as before");
    set_petsc_options(petsc);
    options.petsc = petsc;
  }
  return for_dimension(now, [&](auto dim) -> int {
    return Evolution<dim>(now, options, std::move(checkpoint)).run();
  });
}

std::optional<Checkpoint> newest_checkpoint(const RunOptions &options)
{
  Log log(MPI_COMM_WORLD, options.quiet);
  return CheckpointFolder(options.output, MPI_COMM_WORLD).newest(log);
}

/// Whether the folder holds a run with just these parameters, so that it may be started anew.
bool holds_the_same_run(const Parameters &parameters, const RunOptions &options)
{
  return on_all_ranks([&]() {
    std::error_code ignored;
    const std::string file = file_in(options, "parameters.prm");
    return fs::exists(file, ignored) &&
           read_file(file, "a parameter file") == parameters.every_value();
  });
}
} // namespace

int evolve(const Parameters &parameters, const RunOptions &given)
{
  if (!given.automatic)
    return start(parameters, given);
  if (auto checkpoint = newest_checkpoint(given))
    return go_on(parameters, given, std::move(*checkpoint));
  RunOptions options = given;
  const bool same = holds_the_same_run(parameters, given);
  if (same && has_finished(given))
    return say_finished(given);
  options.overwrite = options.overwrite || same;
  return start(parameters, options);
}

int resume(const std::vector<std::string> &assignments, const RunOptions &options)
{
  if (!on_all_ranks([&]() { return fs::is_directory(options.output); }))
    throw InputError(options.output + ": there is no such run folder.");
  if (auto checkpoint = newest_checkpoint(options))
  {
    const Parameters parameters = parameters_of(*checkpoint, assignments, options.output);
    return go_on(parameters, options, std::move(*checkpoint));
  }
  const std::string file = file_in(options, "parameters.prm");
  if (!options.automatic || !on_all_ranks([&]() { return fs::exists(file); }))
    throw InputError(options.output +
                     ": there is no checkpoint to go on from. Start the run with "
                     "`lowland evolve FILE --output " +
                     options.output + "`.");
  RunOptions anew = options;
  anew.overwrite = true;
  return start(Parameters::from_text(read_on_rank_0(MPI_COMM_WORLD, file, "a parameter file"), file,
                                     assignments),
               anew);
}
} // namespace lowland
