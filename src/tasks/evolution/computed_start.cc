#include "tasks/evolution/computed_start.h"

#include "discretization/space/point_values.h"
#include "input/unread.h"
#include "output/checkpoint.h"
#include "output/observables.h"
#include "tasks/evolution/evolution.h"
#include "tasks/problem/requirements.h"
#include "tasks/relaxation/relaxation.h"

#include <deal.II/base/mpi.h>
#include <deal.II/fe/fe.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace lowland
{
namespace
{
const char *section = "Initial density";

/// The part of the tolerance that the density of other noise may be wrong by.
constexpr double share_of_tolerance = 0.1;

/// A density w u from the records of its cells, on a mesh that is whole on this rank.
template <int dim>
class DensityOnItsMesh : public ComputedDensity
{
public:
  /// `parameters` and `start`: of the run that computed it; `choices` and `next_block` as for a run that goes on.
  DensityOnItsMesh(const Parameters &parameters, const InitialDensity &start,
                   const SavedChoices &choices, const std::function<std::string()> &next_block)
      : parameters_(parameters), problem_(parameters_, 1, start, MPI_COMM_SELF, silence_, choices)
  {
    const PETScVector u = read_records(*problem_.space, next_block);
    ratio_ = std::make_unique<PointValues<dim>>(*problem_.space, u);
    mass_ = measure_density(*problem_.space, problem_.model, u,
                            std::numeric_limits<double>::quiet_NaN(), {})["mass"];
  }

  void evaluate(const Points &points, std::vector<double> &values) const override
  {
    ratio_->evaluate(points, values);
    LandscapeValues landscape;
    const Model &model = problem_.model;
    if (!model.weight.is_one())
      model.landscape.evaluate(points, Derivatives::none, landscape);
    for (std::size_t q = 0; q < values.size(); ++q)
    {
      if (!model.weight.is_one() && values[q] != 0)
        values[q] *= model.weight.value(model.equilibrium->log_relative_density(landscape.loss[q]));
      values[q] = std::max(0.0, values[q]) / mass_;
    }
  }
  double resolution(const Points &points) const override { return ratio_->smallest_width(points); }
  Box extent() const override { return problem_.mesh.search_region(); }

private:
  const Parameters parameters_;
  Log silence_;
  Problem<dim> problem_;
  std::unique_ptr<PointValues<dim>> ratio_;
  double mass_ = 1;
};

/// Throws InputError where a density with the parameters `earlier` means something else here.
void check_same_space(const Parameters &earlier, const Parameters &now)
{
  using Row = std::pair<std::string, std::string>;
  for (const auto &[place, key] : {Row{"", "Dimension"}, Row{"Landscape", "Radial dimension"}})
    if (earlier.integer(place, key) != now.integer(place, key))
      throw InputError("that run has " + key + " = " + earlier.text(place, key) + ", this one " +
                       now.text(place, key));
}

template <int dim>
void take_from_file(const std::string &folder, const Parameters &parameters, MPI_Comm communicator,
                    Log &log, InitialDensity &start)
{
  if (folder.empty())
    throw InputError("Kind = file wants the folder of an earlier run of `lowland evolve`");
  CheckpointFolder checkpoints(folder, communicator);
  const auto checkpoint = checkpoints.newest(log);
  if (!checkpoint)
    throw InputError("`" + folder +
                     "` holds no density: there is no checkpoint of a run of "
                     "`lowland evolve` in it");
  const Parameters earlier = parameters_of(*checkpoint, {}, folder);
  check_same_space(earlier, parameters);
  start.set(std::make_shared<DensityOnItsMesh<dim>>(earlier, InitialDensity(earlier),
                                                    *saved_choices(checkpoint),
                                                    checkpoints.blocks(*checkpoint)),
            "the density of " + folder +
                " at t = " + format(checkpoint->state.at("time").template get<double>()));
}

/// The entries of `Noise` as assignments; the formulas of a tensor have semicolons of their own.
std::vector<std::string> other_noise(const Parameters &parameters)
{
  const auto is_key = [](const std::string &word) {
    const auto &rows = parameter_table();
    return std::any_of(rows.begin(), rows.end(), [&](const ParameterRow &row) {
      return row.section == "Noise" && row.key == word;
    });
  };
  std::vector<std::string> assignments;
  bool in_tensor = false;
  for (const std::string &entry : parameters.entries(section, "Noise"))
  {
    const std::string word = entry.substr(0, entry.find_last_not_of(" =", entry.find('=')) + 1);
    if (in_tensor && !is_key(word))
      assignments.back() += "; " + entry;
    else
      assignments.push_back("Noise/" + entry);
    in_tensor = in_tensor || word == "Tensor";
  }
  return assignments;
}

/// The parameters with these assignments, and without what other noise than theirs does not read.
Parameters with_other_noise(const Parameters &parameters, std::vector<std::string> assignments)
{
  const std::string text = parameters.every_value();
  const Parameters all = Parameters::from_text(text, parameters.name(), assignments);
  for (const ParameterRow &row : parameter_table())
  {
    if (row.section != "Noise" || !parameters.given(row.section, row.key))
      continue;
    const std::string key = "Noise/" + row.key;
    const auto is_asked_for = [&](const std::string &assignment) {
      return assignment.compare(0, key.size(), key) == 0;
    };
    const bool is_read_by_other =
        row.key == "Intensity" ? reads_intensity(all) : is_read(all, row.section, row.key);
    if (!is_read_by_other && std::none_of(assignments.begin(), assignments.end(), is_asked_for))
      assignments.push_back(key + "=" + row.default_value);
  }
  return Parameters::from_text(text, parameters.name(), assignments);
}

/// The invariant density of `problem`, as u.
template <int dim>
PETScVector invariant_density(Problem<dim> &problem)
{
  if (problem.model.equilibrium && problem.model.equilibrium->bounded())
    return problem.closed_form();
  if (problem.model.noise->equilibrium())
    throw InputError("there is no bounded invariant density with this noise");
  require_normalisable(problem, "invariant density to start from");
  require_irreducible(problem, "the invariant density");
  const SpectrumEstimate<dim> estimate = relax_to_invariant_density(problem);
  if (!(estimate.basin_weight_error() < problem.tolerance))
    problem.log.warn(
        "the invariant density that is the start has several wells that hardly exchange mass; "
        "how it is shared between them is not determined");
  return estimate.ratio(0);
}

/// The whole records of all ranks, on all ranks, as one block.
template <int dim>
std::string all_records(const Problem<dim> &problem, const PETScVector &u, MPI_Comm communicator)
{
  std::string all;
  for (const std::string &part : dealii::Utilities::MPI::all_gather(
           communicator, cell_records(problem.mesh, problem.space->cell_polynomials(u))))
    all += part;
  return all;
}

template <int dim>
void take_from_other_noise(const Parameters &parameters, MPI_Comm communicator, Log &log,
                           InitialDensity &start)
{
  auto assignments = other_noise(parameters);
  for (const char *none : {"Domain/Absorbing=", "Escape/Exit=", "Initial density/Noise=",
                           "Initial density/Kind=invariant"})
    assignments.emplace_back(none);
  for (const ParameterRow &row : parameter_table())
    if (row.section == "Learning rate schedule")
      assignments.push_back(row.section + "/" + row.key + "=" + row.default_value);
  const Parameters other = with_other_noise(parameters, std::move(assignments));
  Log silence;
  Problem<dim> problem(other, share_of_tolerance * parameters.number("Time", "Tolerance"),
                       InitialDensity::none(), communicator, silence);
  const PETScVector u = invariant_density(problem);
  for (const std::string &warning : silence.warnings())
    log.warn(warning);
  std::string records = all_records(problem, u, communicator);
  start.set(std::make_shared<DensityOnItsMesh<dim>>(other, InitialDensity::none(),
                                                    problem.choices(),
                                                    [&]() { return std::exchange(records, ""); }),
            "invariant density of the noise " + problem.model.noise->description());
}

/// Whether the invariant density must be computed: that of other noise, or one without a closed form.
bool wants_computed_invariant(const Parameters &parameters)
{
  return parameters.text(section, "Kind") == "invariant" &&
         (parameters.given(section, "Noise") || !Model(parameters).noise->equilibrium());
}
} // namespace

template <int dim>
InitialDensity complete_start(const Parameters &parameters, MPI_Comm communicator, Log &log)
{
  InitialDensity start(parameters);
  const bool from_file = parameters.text(section, "Kind") == "file";
  const char *key = from_file ? "File" : parameters.given(section, "Noise") ? "Noise" : "Kind";
  const std::string folder = from_file ? parameters.file(section, "File") : "";
  try
  {
    if (from_file)
      take_from_file<dim>(folder, parameters, communicator, log, start);
    else if (wants_computed_invariant(parameters))
      take_from_other_noise<dim>(parameters, communicator, log, start);
  }
  catch (const InputError &error)
  {
    throw parameters.error(section, key, error.what());
  }
  catch (const OutputError &error)
  {
    throw parameters.error(section, key, error.what());
  }
  return start;
}

template InitialDensity complete_start<1>(const Parameters &, MPI_Comm, Log &);
template InitialDensity complete_start<2>(const Parameters &, MPI_Comm, Log &);
template InitialDensity complete_start<3>(const Parameters &, MPI_Comm, Log &);
} // namespace lowland
