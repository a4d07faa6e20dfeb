// What a time loop records at each output time, and what it reports at the end.
#include "tasks/evolution.h"

#include "output/observables.h"
#include "tasks/conclusion.h"
#include "tasks/summary.h"

#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
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

/// The row of now. Throws SolverError rather than let anything into a file that is no density.
template <int dim>
Record Evolution<dim>::measure()
{
  keep_nonnegative(); // what is looked at is a density
  const PETScVector u = form_->to_ratio(*v_);
  const LearningRate &eta = problem_.model.learning_rate;
  problem_.model.relative_learning_rate = eta.relative(time_);
  if (!loss_ && !exit_flux_)
    loss_ = std::make_unique<PETScVector>(project_loss(*form_));
  const Record measured =
      measure_density(*problem_.space, problem_.model, u, invariant_normalisation_, functions_);
  if (!std::isfinite(measured["mass"]) || !std::isfinite(measured["minimum_density"]))
    throw SolverError("The density at t = " + format(time_) +
                      " is not finite. Try a larger "
                      "Reference floor, Reference weight = one, or a smaller Tolerance.");
  Record row;
  row.add("time", "time", time_);
  if (!eta.is_constant())
    row.add("learning_rate", "time", eta.relative(time_) * eta.reference());
  for (const Observable &column : measured.columns())
    row.add(column.name, column.unit, column.value);
  add_basin_masses(u, row);
  mass_error_ = std::max(mass_error_, std::abs(row["mass"] + exited_ - 1));
  row.add("mass_error", "-", row["mass"] + exited_ - 1);
  if (exit_flux_)
    add_survival(exit_flux_->rate(*v_, 1 - eta.relative(time_)), exited_, row);
  else
    row.add("loss_rate", "loss/time", loss_rate(*form_, *loss_, *v_, 1 - eta.relative(time_)));
  row.add("cells", "-", problem_.mesh.n_cells());
  row.add("unknowns", "-", problem_.space->n_unknowns());
  row.add("time_step", "time", steps_.last());
  row.add("space_error_estimate", "-",
          problem_.adaptive ? mesh_control_.space_error()
                            : total(problem_.mesh, problem_.errors_of({u})));
  if (problem_.space->is_discontinuous())
    row.add("limited_mass", "-", limited_mass_);
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
  const double interval = parameters_.number("Output", "Interval");
  if (last_field_ < 0 || time_ - last_field_ >= interval * (1 - 1e-12) || time_ == end_)
  {
    fields_.write(*problem_.space, problem_.model, form_->to_ratio(*v_), invariant_normalisation_,
                  time_);
    last_field_ = time_;
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
  if (!basins_)
    basins_ = problem_.basin_partition();
  if (!basins_)
    return;
  const std::vector<double> masses = basins_->masses(u);
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
  json["steps"] = n_steps_;
  json["rejected_steps"] = n_rejected_;
  json["failed_steps"] = n_failed_;
  json["meshes"] = n_meshes_;
  if (problem_.space->is_discontinuous())
    json["limited_mass"] = limited_mass_;
  json["factorizations"] = n_factorizations_ + integrator_->n_factorizations();
  if (const auto rate = decay_rate(records_, problem_.tolerance))
    json["decay_rate"] = *rate;
  if (const auto error = loss_balance_error(records_); error && !exit_flux_)
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
  log_.line("Result at t = " + format(time_));
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
  template void Evolution<dim>::record();                                                          \
  template void Evolution<dim>::finish();
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
