// What a time loop leaves in a checkpoint, and how it goes on from there.
#include "tasks/evolution/evolution.h"

#include <deal.II/base/config.h>
#include <deal.II/fe/fe.h>
#include <deal.II/lac/petsc_vector.h>

#include <petscversion.h>

#include <cmath>
#include <filesystem>
#include <limits>

namespace lowland
{
using nlohmann::json;

namespace
{
/// The titles once, then the rows; what does not exist is null.
json to_json(const std::vector<Record> &records)
{
  json titles = json::array(), rows = json::array();
  for (const Record &record : records)
  {
    json row = json::array();
    for (const Observable &column : record.columns())
    {
      if (&record == &records.front())
        titles.push_back({column.name, column.unit});
      row.push_back(column.value);
    }
    rows.push_back(row);
  }
  return {{"titles", titles}, {"rows", rows}};
}

std::vector<Record> to_records(const json &table)
{
  std::vector<Record> records;
  for (const json &row : table.at("rows"))
  {
    records.emplace_back();
    for (std::size_t k = 0; k < row.size(); ++k)
      records.back().add(table.at("titles").at(k).at(0), table.at("titles").at(k).at(1),
                         row[k].is_null() ? std::numeric_limits<double>::quiet_NaN()
                                          : row[k].get<double>());
  }
  return records;
}

/// Where the parameter file lies, seen from the run folder: both may move together.
std::string parameter_file(const std::string &name, const std::string &run_folder)
{
  std::error_code error;
  const auto path = std::filesystem::relative(name, run_folder, error);
  return error ? name : path.string();
}
} // namespace

std::optional<SavedChoices> saved_choices(const std::optional<Checkpoint> &checkpoint)
try
{
  if (!checkpoint)
    return {};
  const json &state = checkpoint->state;
  SavedChoices saved;
  if (!state.at("weight_is_one"))
    saved.weight = ReferenceWeight(state.at("reference_floor").get<double>());
  saved.lowest_loss = state.at("lowest_loss");
  saved.element.discontinuous = state.at("discontinuous");
  saved.element.degree = state.at("degree");
  saved.cells = checkpoint->cells;
  saved.kinks = state.value("kinks", saved.kinks); // older programs knew none
  if (state.contains("found_box"))                 // nor have they saved this
    saved.box = Box{state["found_box"].at(0), state["found_box"].at(1)};
  return saved;
}
catch (const json::exception &error)
{
  throw OutputError(checkpoint->records_file + ": this checkpoint lacks something (" +
                    error.what() + ").");
}

TimeScheme saved_scheme(const Checkpoint &checkpoint)
{
  for (const TimeScheme &scheme : time_schemes())
    if (scheme.name == checkpoint.state.value("scheme", ""))
      return scheme;
  throw OutputError(checkpoint.records_file + ": this checkpoint has no known time scheme.");
}

Parameters parameters_of(const Checkpoint &checkpoint, const std::vector<std::string> &assignments,
                         const std::string &run_folder)
try
{
  const std::filesystem::path file = checkpoint.state.at("parameter_file").get<std::string>();
  return Parameters::from_text(checkpoint.state.at("parameters"),
                               (std::filesystem::path(run_folder) / file).lexically_normal(),
                               assignments);
}
catch (const json::exception &)
{
  throw OutputError("the checkpoint in `" + run_folder + "` does not say its parameters.");
}

template <int dim>
json Evolution<dim>::snapshot() const
{
  json state;
  state["task"] = "evolve";
  state["version"] = LOWLAND_VERSION;
  state["deal.II"] = DEAL_II_PACKAGE_VERSION;
  state["PETSc"] = std::to_string(PETSC_VERSION_MAJOR) + "." + std::to_string(PETSC_VERSION_MINOR) +
                   "." + std::to_string(PETSC_VERSION_SUBMINOR);
  state["command"] = options_.command_line;
  state["petsc_options"] = options_.petsc;
  state["parameters"] = parameters_.every_value();
  state["parameter_file"] = parameter_file(parameters_.name(), folder_.path());
  // What was chosen
  state["weight_is_one"] = problem_.model.weight.is_one();
  state["reference_floor"] = problem_.model.weight.floor();
  state["lowest_loss"] = problem_.lowest_loss;
  state["kinks"] = problem_.domain.kinks;
  if (const auto &box = problem_.domain.found)
    state["found_box"] = {box->lower, box->upper};
  state["discontinuous"] = problem_.space->is_discontinuous();
  state["degree"] = problem_.space->degree();
  // Where the time loop stands
  density_.save(state);
  state["mass_error"] = mass_error_;
  state["wall_seconds"] = MPI_Wtime() - wall_start_;
  // What was written
  state["records"] = to_json(records_);
  state["field_files"] = fields_.files();
  state["last_field"] = last_field_;
  state["warnings"] = log_.warnings();
  return state;
}

template <int dim>
void Evolution<dim>::save()
{
  const double started = MPI_Wtime();
  if (!std::isfinite(density_.v().l1_norm()))
    throw SolverError("The density at t = " + format(density_.time()) + " is not finite.");
  const std::string records =
      cell_records(problem_.mesh, problem_.space->cell_polynomials(density_.ratio()));
  const std::size_t n_bytes =
      checkpoints_.write(snapshot(), records, problem_.space->finite_element().n_dofs_per_cell());
  const double seconds = MPI_Wtime() - started;
  interruption_.checkpoint_written(seconds);
  log_.line("  checkpoint at t = " + format(density_.time()) + " (" + format(1e-6 * n_bytes, 3) +
            " MB, " + format(seconds, 2) + " s)");
}

/// Writes a checkpoint where one is asked for; whether the run is to stop then.
template <int dim>
bool Evolution<dim>::stops_here()
{
  const Request request = interruption_.poll();
  if (request != Request::none)
    save();
  return request == Request::stop;
}

template <int dim>
ExitStatus Evolution<dim>::stop()
{
  json last = summary(measure());
  last["status"] = "stopped";
  last["stopped_by"] = interruption_.reason();
  folder_.write_summary(last);
  if (log_.speaks())
  {
    std::error_code ignored;
    std::filesystem::remove(folder_.file("stop"), ignored);
  }
  log_.line("Stopped at t = " + format(density_.time()) + " by " + interruption_.reason() +
            ". To go on: lowland resume " + folder_.path());
  return exit_stopped_at_limit;
}

template <int dim>
void Evolution<dim>::restore()
{
  try
  {
    restore(checkpoint_->state);
  }
  catch (const json::exception &error)
  {
    throw OutputError(checkpoint_->records_file + ": this checkpoint lacks something (" +
                      error.what() + ").");
  }
  log_.line("Resumed at t = " + format(density_.time()) + " from checkpoint " +
            std::to_string(checkpoint_->number));
  checkpoint_.reset();
}

template <int dim>
void Evolution<dim>::restore(const nlohmann::json &state)
{
  density_.restore(state, checkpoints_.blocks(*checkpoint_));
  mass_error_ = state.at("mass_error");
  wall_start_ -= state.at("wall_seconds").get<double>();
  records_ = to_records(state.at("records"));
  last_field_ = state.at("last_field");
  const auto field_files =
      state.at("field_files").get<std::vector<std::pair<double, std::string>>>();
  log_.keep_earlier(state.at("warnings"));
  folder_.reopen(log_, records_);
  fields_.restore(field_files, communicator_);
}

#define INSTANTIATE(dim)                                                                           \
  template json Evolution<dim>::snapshot() const;                                                  \
  template void Evolution<dim>::save();                                                            \
  template bool Evolution<dim>::stops_here();                                                      \
  template ExitStatus Evolution<dim>::stop();                                                      \
  template void Evolution<dim>::restore();
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
