#include "tasks/summary.h"

#include "model/equilibrium/detailed_balance.h"
#include "model/noise/noise.h"
#include "output/versions.h"

#include <deal.II/base/mpi.h>
#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <petscsys.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <sys/resource.h>

namespace lowland
{
using namespace dealii;

namespace
{
double peak_memory(MPI_Comm communicator)
{
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return Utilities::MPI::sum(1024.0 * usage.ru_maxrss, communicator);
}

/// What --petsc gave, as main() notes it in PETSc's database beside what the program sets there itself.
std::string petsc_options()
{
  char text[10000] = "";
  PetscBool given = PETSC_FALSE;
  PetscOptionsGetString(nullptr, nullptr, "-lowland_given", text, sizeof text, &given);
  return given ? text : "";
}

/// What to type beside the parameter file, on any machine.
std::string command(const std::string &task, const Parameters &parameters, unsigned int n_ranks)
{
  std::string line = n_ranks > 1 ? "mpirun -np " + std::to_string(n_ranks) + " " : "";
  line += "lowland " + task + " " + std::filesystem::path(parameters.name()).filename().string();
  for (const ParameterRow &row : parameter_table()) // errors name a key as the user gave it
    if (const std::string place = parameters.error(row.section, row.key, "").what();
        place.rfind("--set ", 0) == 0)
      line += " " + place.substr(0, place.size() - 2);
  const std::string options = petsc_options();
  return line + (options.empty() ? "" : " --petsc \"" + options + "\"");
}

/// All that is needed to compute the same again.
void add_origin(const std::string &task, const Parameters &parameters, MPI_Comm communicator,
                nlohmann::json &json)
{
  json["ranks"] = Utilities::MPI::n_mpi_processes(communicator);
  json["command"] = command(task, parameters, json["ranks"]);
  json["seed"] = sampling_seed;
  json["version"] = LOWLAND_VERSION;
  json["revision"] = source_revision();
  for (const auto &[library, version] : library_versions())
    json["libraries"][library] = version;
}
} // namespace

nlohmann::json critical_point(const Coordinates &point, double loss,
                              const std::array<double, 3> &curvatures, unsigned int dimension)
{
  return {{"point", std::vector<double>(point.begin(), point.begin() + dimension)},
          {"loss", loss},
          {"curvatures", std::vector<double>(curvatures.begin(), curvatures.begin() + dimension)}};
}

template <int dim>
nlohmann::json common_summary(const std::string &task, const Problem<dim> &problem,
                              double wall_start)
{
  const MPI_Comm communicator = problem.mesh.communicator();
  nlohmann::json json;
  json["task"] = task;
  json["status"] = "done";
  json["dimension"] = dim;
  if (const unsigned int k = problem.parameters.integer("Landscape", "Radial dimension"); k > 1)
    json["radial_dimension"] = k;
  json["landscape"] = problem.model.landscape.description();
  json["noise"] = problem.parameters.text("Noise", "Kind");
  json["learning_rate"] = problem.parameters.number("Noise", "Learning rate");
  if (json["noise"].get<std::string>().find("minibatch") != std::string::npos)
    json["batch_size"] = problem.parameters.integer("Noise", "Batch size");
  const auto intensity = problem.parameters.numbers("Noise", "Intensity");
  if (intensity.size() > 1)
    json["intensity"] = intensity;
  else if (reads_intensity(problem.parameters))
    json["intensity"] = intensity.front();
  json["minima"] = nlohmann::json::array();
  for (const Minimum &minimum : problem.minima)
    json["minima"].push_back(critical_point(minimum.point, minimum.loss, minimum.curvatures, dim));
  json["tolerance"] = problem.tolerance;
  json["element"] = problem.space->is_discontinuous() ? "discontinuous" : "continuous";
  json["degree"] = problem.space->degree();
  json["reference_weight"] = problem.model.weight.is_one() ? "one" : "invariant";
  if (!problem.model.weight.is_one())
    json["reference_floor"] = problem.model.weight.floor();
  json["cells"] = problem.mesh.n_cells();
  json["dofs"] = problem.space->n_unknowns();
  json["wall_seconds"] = MPI_Wtime() - wall_start;
  json["peak_memory_bytes"] = peak_memory(communicator);
  add_origin(task, problem.parameters, communicator, json);
  return json;
}

void add_record(const Record &record, unsigned int dimension, nlohmann::json &summary)
{
  std::set<std::string> elsewhere = {"cells", "unknowns"};
  for (const std::string prefix : {"mean", "second_moment"})
  {
    std::vector<double> values;
    for (unsigned int i = 0; i < dimension; ++i)
    {
      const std::string title = prefix + "_" + "xyz"[i];
      values.push_back(record[title]);
      elsewhere.insert(title);
    }
    summary[prefix] = values;
  }
  for (const Observable &column : record.columns())
    if (std::isfinite(column.value) && elsewhere.count(column.name) == 0)
      summary[column.name] = column.value;
}

std::optional<double> decay_rate(const std::vector<Record> &records, double tolerance)
{
  // sqrt(chi2) if every record has it
  const bool chi2 = std::all_of(records.begin(), records.end(), [](const Record &r) {
    return std::isfinite(r["chi2_to_invariant"]);
  });
  std::vector<std::pair<double, double>> points; // time, log distance
  for (const Record &record : records)
  {
    const double distance =
        chi2 ? std::sqrt(record["chi2_to_invariant"]) : record["l1_to_invariant"];
    if (distance > 10 * tolerance)
      points.emplace_back(record["time"], std::log(distance));
  }
  if (points.empty())
    return {};
  const double lowest = points.back().second;
  double n = 0, t = 0, y = 0, tt = 0, ty = 0;
  for (const auto &[time, log_distance] : points)
    if (log_distance <= lowest + std::log(10.0))
      n += 1, t += time, y += log_distance, tt += time * time, ty += time * log_distance;
  const double spread = n * tt - t * t;
  if (n < 3 || spread <= 0)
    return {};
  return -(n * ty - t * y) / spread;
}

void warn_of_walls(const Record &record, double tolerance, Log &log)
{
  const double mass = record["mass_beyond_walls"];
  if (mass > tolerance)
    log.warn(
        "the walls of the domain keep in about " + format(100 * std::min(mass, 1.0), 2) +
        " % of the mass, more than the tolerance. If reflecting walls are what you want, all is "
        "well; if they stand for an unbounded parameter space, enlarge the Domain.");
}

void warn_of_undefined(const NamedFunction &function, Log &log)
{
  log.warn("the observable `" + function.name +
           "` is not finite everywhere in the domain, so it has no mean: its column stays empty");
}

void warn_of_undefined(const std::vector<NamedFunction> &functions, const Record &record, Log &log)
{
  for (const NamedFunction &function : functions)
    if (!std::isfinite(record[function.name]))
      warn_of_undefined(function, log);
}

void warn_of_broken_laws(const std::vector<Record> &records, double mass_limit, double tolerance,
                         Log &log)
{
  const auto last_is_first_above = [&](const auto &size, double limit) {
    const auto above = [&](const Record &record) { return size(record) > limit; };
    return std::find_if(records.begin(), records.end(), above) == records.end() - 1;
  };
  const auto mass_error = [](const Record &record) { return std::abs(record["mass_error"]); };
  const auto negative_mass = [](const Record &record) { return record["negative_mass"]; };
  const auto space_error = [](const Record &record) { return record["space_error_estimate"]; };
  const std::string when = "at t = " + format(records.back()["time"]);
  if (last_is_first_above(mass_error, mass_limit))
    log.warn("mass is not conserved: " + when + " it is wrong by " +
             format(mass_error(records.back()), 2) +
             ". The linear solves, or the steps near absorbing walls, are not exact enough.");
  if (last_is_first_above(negative_mass, tolerance))
    log.warn("the density is negative where it should be small: " + when +
             " its negative part has the mass " + format(negative_mass(records.back()), 2) +
             ", more than the tolerance. Try a smaller Time/Tolerance, or "
             "Discretization/Element = discontinuous, which is limited.");
  if (last_is_first_above(space_error, tolerance))
    log.warn("the mesh does not resolve the density to the tolerance: " + when +
             " the estimated error is " + format(space_error(records.back()), 2) +
             ". Allow it more cells (Discretization/Adaptation, Maximum level, Initial "
             "refinement), a higher Degree, or a larger Time/Tolerance.");
}

template <int dim>
PETScVector project_loss(const FokkerPlanckForm<dim> &form)
{
  return form.project([](const CellModel<dim> &cell, unsigned int, std::vector<double> &values) {
    values = cell.values.landscape.loss;
    for (std::size_t q = 0; q < values.size(); ++q)
      values[q] *= cell.values.weight[q];
  });
}

template <int dim>
double loss_rate(const FokkerPlanckForm<dim> &form, const PETScVector &loss, const PETScVector &v,
                 double removed)
{
  PETScVector rate(v);
  form.stiffness().vmult(rate, v);
  double sum = -(loss * rate);
  if (form.noise_removal())
  {
    form.noise_removal()->vmult(rate, v);
    sum -= removed * (loss * rate);
  }
  return sum;
}

std::optional<double> loss_balance_error(const std::vector<Record> &records)
{
  double error = 0, scale = 0;
  for (const Record &record : records)
  {
    error = std::max(error, std::abs(record["loss_rate"] - record["loss_balance"]));
    scale = std::max(scale, record["expected_squared_gradient"]);
  }
  if (!(scale > 0))
    return {};
  return error / scale;
}

#define INSTANTIATE(dim)                                                                           \
  template PETScVector project_loss(const FokkerPlanckForm<dim> &);                                \
  template double loss_rate(const FokkerPlanckForm<dim> &, const PETScVector &,                    \
                            const PETScVector &, double);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE

template nlohmann::json common_summary(const std::string &, const Problem<1> &, double);
template nlohmann::json common_summary(const std::string &, const Problem<2> &, double);
template nlohmann::json common_summary(const std::string &, const Problem<3> &, double);
} // namespace lowland
