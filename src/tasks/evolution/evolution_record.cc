// What a time loop records at each output time, and what it reports at the end.
#include "tasks/evolution/evolution.h"

#include "discretization/form/integrals.h"
#include "output/observables.h"
#include "tasks/conclusion.h"
#include "tasks/summary.h"

#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace lowland
{
namespace
{
/// Up to this many minima have a column for the mass in their basin.
constexpr std::size_t most_basins = 8;

/// The row with the columns of the first: an earlier version that a run goes on from may have had others.
Record in_columns_of(const Record &first, const Record &row)
{
  Record result;
  for (const Observable &column : first.columns())
    result.add(column.name, column.unit, row[column.name]);
  return result;
}

/// What absorption adds to a record of what is left.
void add_survival(double flux_out, double exited, Record &row)
{
  row.add("survival_probability", "-", row["mass"]);
  row.add("flux_out", "1/time", flux_out);
  row.add("exited", "-", exited);
  row.add("hazard_rate", "1/time", flux_out / row["mass"]);
}
} // namespace

/// Of the density that the process tends to on this mesh. Under a schedule, or where mass is absorbed, none is invariant.
template <int dim>
double Evolution<dim>::invariant_normalisation() const
{
  return problem_.model.learning_rate.is_constant()
             ? limit_normalisation(*problem_.space, problem_.model)
             : std::numeric_limits<double>::quiet_NaN();
}

/// The row of now. Throws SolverError rather than let anything into a file that is no density.
template <int dim>
Record Evolution<dim>::measure()
{
  density_.keep_nonnegative(); // what is looked at is a density
  const PETScVector u = density_.ratio();
  const double time = density_.time(), exited = density_.exited();
  const LearningRate &eta = problem_.model.learning_rate;
  problem_.model.relative_learning_rate = eta.relative(time);
  if (!on_mesh_.invariant_normalisation)
    on_mesh_.invariant_normalisation = invariant_normalisation();
  if (!on_mesh_.loss && !density_.exit_flux())
    on_mesh_.loss = std::make_unique<PETScVector>(project_loss(density_.form()));
  const Record measured = measure_density(*problem_.space, problem_.model, u,
                                          *on_mesh_.invariant_normalisation, functions_);
  if (!std::isfinite(measured["mass"]) || !std::isfinite(measured["minimum_density"]))
    throw SolverError("The density at t = " + format(time) +
                      " is not finite. Try a larger "
                      "Reference floor, Reference weight = one, or a smaller Tolerance.");
  Record row;
  row.add("time", "time", time);
  if (!eta.is_constant())
    row.add("learning_rate", "time", eta.relative(time) * eta.reference());
  for (const Observable &column : measured.columns())
    row.add(column.name, column.unit, column.value);
  add_basin_masses(u, row);
  mass_error_ = std::max(mass_error_, std::abs(row["mass"] + exited - 1));
  row.add("mass_error", "-", row["mass"] + exited - 1);
  if (const ExitFlux<dim> *flux = density_.exit_flux())
    add_survival(flux->rate(density_.v(), 1 - eta.relative(time)), exited, row);
  else
    row.add("loss_rate", "loss/time",
            loss_rate(density_.form(), *on_mesh_.loss, density_.v(), 1 - eta.relative(time)));
  row.add("cells", "-", problem_.mesh.n_cells());
  row.add("unknowns", "-", problem_.space->n_unknowns());
  row.add("time_step", "time", density_.last_step());
  row.add("space_error_estimate", "-",
          problem_.adaptive ? density_.space_error()
                            : total(problem_.mesh, problem_.errors_of({u})));
  if (problem_.space->is_discontinuous())
    row.add("limited_mass", "-", density_.limited_mass());
  return row;
}

template <int dim>
void Evolution<dim>::record()
{
  const Record row = records_.empty() ? measure() : in_columns_of(records_.front(), measure());
  folder_.append(row);
  warn_of_undefined(functions_, row, log_);
  const bool warned = std::any_of(records_.begin(), records_.end(), [&](const Record &earlier) {
    return earlier["mass_beyond_walls"] > problem_.tolerance;
  });
  if (!warned)
    warn_of_walls(row, problem_.tolerance, log_);
  records_.push_back(row);
  // Exact but for round-off, unless mass leaves by a flux that is integrated in time.
  warn_of_broken_laws(records_, problem_.absorbs() ? problem_.tolerance : 1e-8, problem_.tolerance,
                      log_);
  const double time = density_.time(), interval = parameters_.number("Output", "Interval");
  if (last_field_ < 0 || time - last_field_ >= interval * (1 - 1e-12) || time == end_)
  {
    fields_.write(*problem_.space, problem_.model, density_.ratio(),
                  *on_mesh_.invariant_normalisation, time);
    last_field_ = time;
  }
}

/// The mass in the basin of each minimum. In 3D following the flow on every mesh would take longer than
/// the run.
template <int dim>
void Evolution<dim>::add_basin_masses(const PETScVector &u, Record &row)
{
  const std::size_t n = problem_.minima.size();
  if (dim == 3 || n < 2 || n > most_basins)
    return;
  auto &basins = on_mesh_.basins;
  if (!basins)
    basins = problem_.basin_partition();
  if (!basins)
    return;
  const std::vector<double> masses = basins->masses(u);
  for (std::size_t k = 0; k < n; ++k)
    row.add("basin_" + std::to_string(k + 1), "-", masses[k]);
}

template <int dim>
std::vector<double> Evolution<dim>::last_basin_masses() const
{
  std::vector<double> masses;
  for (std::size_t k = 1; std::isfinite(records_.back()["basin_" + std::to_string(k)]); ++k)
    masses.push_back(records_.back()["basin_" + std::to_string(k)]);
  return masses;
}

template <int dim>
nlohmann::json Evolution<dim>::summary(const Record &last) const
{
  nlohmann::json json = common_summary("evolve", problem_, wall_start_);
  add_record(last, dim, json);
  json["mass_error"] = mass_error_;
  density_.add_counts(json);
  if (problem_.space->is_discontinuous())
    json["limited_mass"] = density_.limited_mass();
  if (const auto rate = decay_rate(records_, problem_.tolerance))
    json["decay_rate"] = *rate;
  if (const auto error = loss_balance_error(records_); error && !density_.exit_flux())
    json["loss_balance_error"] = *error;
  json["warnings"] = log_.warnings();
  return json;
}

template <int dim>
void Evolution<dim>::finish()
{
  save();
  checkpoints_.keep_only_newest();
  const nlohmann::json json = summary(records_.back());
  folder_.write_summary(json);
  log_.line("Result at t = " + format(density_.time()));
  for (const char *key :
       {"mass_error", "minimum_density", "expected_loss", "l1_to_invariant", "decay_rate",
        "survival_probability", "hazard_rate", "cells", "dofs", "steps", "wall_seconds"})
    if (json.contains(key))
      log_.entry(key, json[key].is_number_float() ? format(json[key]) : json[key].dump());
  const LearningRate &eta = problem_.model.learning_rate;
  log_.line(evolution_in_words(
      records_.back(), eta.is_constant() ? std::make_optional(eta.reference()) : std::nullopt,
      problem_.minima, last_basin_masses(), dim));
  log_.line("Written to " + folder_.path());
}

#define INSTANTIATE(dim)                                                                           \
  template Record Evolution<dim>::measure();                                                       \
  template void Evolution<dim>::record();                                                          \
  template nlohmann::json Evolution<dim>::summary(const Record &) const;                           \
  template void Evolution<dim>::finish();
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
