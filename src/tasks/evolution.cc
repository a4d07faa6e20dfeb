#include "tasks/evolution.h"

#include "discretization/l1_bound.h"
#include "discretization/positivity.h"
#include "tasks/computed_start.h"
#include "tasks/conclusion.h"
#include "tasks/exponential_integrator.h"
#include "tasks/rosenbrock_integrator.h"
#include "tasks/summary.h"

#include <deal.II/base/mpi.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace lowland
{
namespace
{
/// What the positivity limiter may move at the start and in one step, relative to the tolerance.
constexpr double limiting_share = 0.02;
/// So many unknowns may be solved for directly in three dimensions, in a few GB. Exponential steps, with many solves
/// for one factorization, are then 2 to 5 times faster than any others with multigrid.
constexpr std::size_t max_direct = 100000;
/// By how much a mesh for the start is likely to grow when the density moves.
constexpr std::size_t likely_growth = 2;
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

/// `auto` is the first that keeps its order with this learning rate; an exponential one only where `exponential_fits`.
/// Throws InputError.
TimeScheme choose_scheme(const Parameters &parameters, const LearningRate &learning_rate,
                         bool exponential_fits)
{
  const std::string name = parameters.text("Time", "Scheme");
  for (const TimeScheme &scheme : time_schemes())
  {
    const bool fits = learning_rate.is_constant() || scheme.allows_time;
    if (scheme.name == name && !fits)
      throw parameters.error("Time", "Scheme",
                             "loses its order with a learning rate schedule; use auto or ra34pw2");
    if (scheme.name == name ||
        (name == "auto" && fits && (!scheme.is_exponential() || exponential_fits)))
      return scheme;
  }
  throw std::logic_error("the parameter table allows the unknown scheme " + name);
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
      fields_(folder_.path(), parameters.texts("Output", "Fields")),
      scheme_(checkpoint_
                  ? saved_scheme(*checkpoint_)
                  : choose_scheme(parameters, problem_.model.learning_rate, exponential_fits())),
      end_(parameters.number("Time", "End")),
      steps_(scheme_, (1 - scheme_.space_share()) * problem_.tolerance, end_,
             parameters.number_or_auto("Time", "Time step")),
      mesh_control_(problem_, scheme_)
{
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
    project_start();
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
      observer(time_, problem_, form_->to_ratio(*v_));
  }
  finish();
  return exit_done;
}

/// Exponential steps need solves without errors of their own, which no estimate would see; and where mass is
/// absorbed, the flux out is integrated over shorter steps.
template <int dim>
bool Evolution<dim>::exponential_fits() const
{
  const bool direct =
      problem_.solver_settings().direct || is_direct_cheap(max_direct / likely_growth);
  return direct && !is_solver_overridden() && !problem_.absorbs();
}

/// In 3D. The factors of discontinuous elements are too dear: there multigrid is 3 times faster.
template <int dim>
bool Evolution<dim>::is_direct_cheap(std::size_t most_unknowns) const
{
  return !problem_.space->is_discontinuous() && problem_.space->n_unknowns() <= most_unknowns;
}

template <int dim>
bool Evolution<dim>::solves_directly() const
{
  return direct_ || problem_.solver_settings().direct ||
         (scheme_.is_exponential() && is_direct_cheap(max_direct));
}

/// Whether an output time lies ahead; a run that goes on has some behind it.
template <int dim>
bool Evolution<dim>::is_due(double time) const
{
  return time >= time_ && (records_.empty() || time > records_.back()["time"]);
}

/// Everything that depends on the mesh: unknowns, form, integrator.
template <int dim>
void Evolution<dim>::prepare()
{
  ++n_meshes_;
  limited_.clear();
  loss_.reset();
  basins_.reset();
  problem_.space->distribute();
  if (n_meshes_ > 1)
    problem_.check_coefficients();
  form_ = std::make_unique<FokkerPlanckForm<dim>>(*problem_.space, problem_.model);
  make_integrator();
  if (problem_.absorbs())
    exit_flux_ = std::make_unique<ExitFlux<dim>>(*form_);
  // Under a schedule, or where mass is absorbed, no density is invariant.
  invariant_normalisation_ = problem_.model.learning_rate.is_constant()
                                 ? problem_.limit_normalisation()
                                 : std::numeric_limits<double>::quiet_NaN();
}

template <int dim>
void Evolution<dim>::make_integrator()
{
  if (integrator_)
    n_factorizations_ += integrator_->n_factorizations();
  SolverSettings settings = problem_.solver_settings();
  settings.direct = solves_directly();
  settings = form_->with_multigrid(settings);
  if (scheme_.is_exponential())
    integrator_ = std::make_unique<ExponentialIntegrator>(form_->mass(), form_->stiffness(),
                                                          form_->l1_functional(), settings);
  else
    integrator_ = std::make_unique<RosenbrockIntegrator>(
        form_->mass(), form_->stiffness(), form_->l1_functional(), scheme_, settings,
        NoiseRemoval{form_->noise_removal(), [this](double time) { return removed(time); }});
}

template <int dim>
void Evolution<dim>::project_start()
{
  for (unsigned int round = 0; round < 6; ++round)
  {
    prepare();
    v_ = std::make_unique<PETScVector>(problem_.project(problem_.start, *form_));
    if (keep_nonnegative(limiting_share))
      break;
    mesh_control_.refine(limited_, limiting_share);
  }
  rescale_mass(1);
  PETScVector rate(*v_), size(*v_);
  form_->stiffness().vmult(rate, *v_);
  form_->mass().vmult(size, *v_);
  steps_.begin(size.l1_norm() / rate.l1_norm());
}

template <int dim>
double Evolution<dim>::mass() const
{
  return *v_ * form_->mass_functional();
}

/// What a change of mesh and the limiter leave as it is.
template <int dim>
double Evolution<dim>::mass_to_keep() const
{
  return exit_flux_ ? mass() : 1;
}

template <int dim>
void Evolution<dim>::rescale_mass(double mass_wanted)
{
  *v_ *= mass_wanted / mass();
}

/// 1 - s(t) of the learning rate schedule (model/model.h) in the present piece of it.
template <int dim>
double Evolution<dim>::removed(double time) const
{
  const LearningRate &eta = problem_.model.learning_rate;
  return eta.is_constant() ? 0 : 1 - eta.piece(time_).value(time) / eta.reference();
}

/// Integrates the flux out over the last step: the trapezoidal rule with its first correction, of order
/// 4. Where that is large, the flux changes too fast for it (a start or a new mesh that does not vanish
/// smoothly at the walls), and the step's own loss is taken; so it is with discontinuous elements, whose
/// limiter changes the flux between steps. There `mass_error` sees changes of mesh and limiting only.
template <int dim>
void Evolution<dim>::add_exits(const PETScVector &before, double dt)
{
  const double low = removed(time_), high = removed(time_ + dt), slope = (high - low) / dt;
  const double trapezoid = dt / 2 * (exit_flux_->rate(before, low) + exit_flux_->rate(*v_, high));
  const double correction =
      dt * dt / 12 *
      (exit_flux_->change(before, low, slope) - exit_flux_->change(*v_, high, slope));
  const bool resolved =
      !problem_.space->is_discontinuous() && std::abs(correction) < 0.02 * trapezoid;
  exited_ += resolved ? trapezoid + correction : before * form_->mass_functional() - mass();
}

/// False if the run is to stop on the way.
template <int dim>
bool Evolution<dim>::advance_to(double time)
{
  while (time_ < time)
  {
    const double stop = std::min(time, problem_.model.learning_rate.piece(time_).end);
    const double start = time_, dt = steps_.next(stop - time_);
    const StepControl steps_before(steps_);
    const PETScVector before(*v_);
    if (!try_step(before, dt))
      continue;
    time_ = std::abs(stop - start - dt) < 1e-9 * dt ? stop : start + dt;
    if (!follow_solution(before))
    {
      time_ = start;
      steps_ = steps_before;
      ++n_rejected_;
      continue;
    }
    ++n_steps_;
    log_.progress(time_ / end_, state());
    if (time_ < output_times_.back() && stops_here())
      return false;
  }
  return true;
}

template <int dim>
std::string Evolution<dim>::state() const
{
  const double distance = records_.empty() ? NAN : records_.back()["l1_to_invariant"];
  return "t = " + format(time_) + ", step " + format(steps_.last(), 2) + ", " +
         std::to_string(problem_.mesh.n_cells()) + " cells" +
         (std::isfinite(distance) ? ", distance " + format(distance, 2) : "");
}

/// One step; nothing where the solver gives up, or where what comes out is no density.
template <int dim>
std::optional<double> Evolution<dim>::attempt(double dt)
{
  try
  {
    const double kept = mass();
    const double error = integrator_->step(*v_, time_, dt, steps_.allowed_error(dt));
    // Mass that the solver lost or made is an error, whatever the estimate says.
    const double lost = exit_flux_ ? 0 : std::abs(mass() - kept);
    if (std::isfinite(error) && std::isfinite(lost))
      return std::max(error, lost);
    failure_ = "The density is not finite after it. Try a larger Reference floor, Reference weight "
               "= one, or a smaller Tolerance.";
  }
  catch (const SolverError &error)
  {
    failure_ = error.what();
  }
  return {};
}

/// After a step that failed: a smaller one, then another solver.
template <int dim>
void Evolution<dim>::recover(double dt)
{
  if (!steps_.shorten(dt))
  {
    replace_solver();
    return;
  }
  if (n_failed_++ == 0)
    log_.warn("the solver failed at t = " + format(time_) +
              "; going on with smaller time steps, here and wherever that happens again");
  make_integrator();
}

/// After steps that failed at any length: a direct solver, or the end with a checkpoint.
template <int dim>
void Evolution<dim>::replace_solver()
{
  if (solves_directly() || problem_.space->n_unknowns() > max_direct)
  {
    save();
    throw SolverError("The time step at t = " + format(time_) + " failed. " + failure_ +
                      " A checkpoint of the time before it is kept.");
  }
  log_.warn("the iterative solver failed at t = " + format(time_) + "; going on with a direct one");
  direct_ = true;
  steps_.forgive();
  make_integrator();
}

template <int dim>
bool Evolution<dim>::try_step(const PETScVector &before, double dt)
{
  const auto error = attempt(dt);
  if (!error)
  {
    *v_ = before;
    recover(dt);
    return false;
  }
  const double growth = integrator_->growth(*error, steps_.allowed_error(dt));
  if (!steps_.accepts(dt, *error, growth, change_since(before)))
  {
    *v_ = before;
    ++n_rejected_;
    if (steps_.is_stuck())
    {
      failure_ =
          "Its error does not fall with the time step: the linear systems are solved too loosely. "
          "Try a smaller tolerance of the linear solver or another one (--petsc).";
      replace_solver();
    }
    return false;
  }
  if (exit_flux_)
    add_exits(before, dt);
  keep_nonnegative(limiting_share);
  if (!exit_flux_ && (dim == 3 || scheme_.is_exponential()))
    rescale_mass(1); // what an iterative solver or a Krylov space left of it
  return true;
}

/// A bound of the part of the density that has moved.
template <int dim>
double Evolution<dim>::change_since(const PETScVector &before) const
{
  return l1_bound(form_->l1_functional(), *v_, before) / l1_bound(form_->l1_functional(), *v_);
}

/// Limits, if that moves less than this share of the tolerance. What it would move counts as an error of
/// the mesh.
template <int dim>
bool Evolution<dim>::keep_nonnegative(double share)
{
  if (!problem_.space->is_discontinuous())
    return true;
  PETScVector u = form_->to_ratio(*v_);
  limited_ = limit_to_nonnegative(*problem_.space, problem_.model, u);
  const double moved = total(problem_.mesh, limited_);
  if (moved > share * problem_.tolerance && problem_.adaptive)
    return false;
  limited_mass_ += moved;
  if (moved > 0)
  {
    const double kept = mass_to_keep();
    *v_ = form_->to_unknowns(u);
    rescale_mass(kept);
  }
  return true;
}

/// False if the step is to be made again from `before`, on a finer mesh.
template <int dim>
bool Evolution<dim>::follow_solution(const PETScVector &before)
{
  if (!mesh_control_.is_due())
    return true;
  const auto polynomials = problem_.space->cell_polynomials(form_->to_ratio(*v_));
  const MeshVerdict verdict =
      mesh_control_.judge(polynomials, limited_, time_ == output_times_.back());
  if (verdict == MeshVerdict::change)
    take_mesh(mesh_control_.change(verdict, polynomials));
  else if (verdict == MeshVerdict::repeat)
    take_mesh(
        mesh_control_.change(verdict, problem_.space->cell_polynomials(form_->to_ratio(before))));
  else if (verdict == MeshVerdict::keep_unresolved)
    keep_nonnegative(); // what no mesh will mend
  return verdict != MeshVerdict::repeat;
}

/// Goes on with the density of these polynomials on a new mesh.
template <int dim>
void Evolution<dim>::take_mesh(const CellPolynomials &polynomials)
{
  const double kept = mass_to_keep();
  prepare();
  v_ = std::make_unique<PETScVector>(form_->project(
      [&](const CellModel<dim> &cell, unsigned int index, std::vector<double> &values) {
        cell.evaluate(polynomials[index], values);
        for (std::size_t q = 0; q < values.size(); ++q)
          values[q] *= cell.values.weight[q];
      }));
  keep_nonnegative(limiting_share);
  rescale_mass(kept);
}

template <int dim>
std::string Evolution<dim>::statistics() const
{
  return std::to_string(n_steps_) + " steps, " + std::to_string(n_rejected_) + " rejected, " +
         std::to_string(n_factorizations_ + integrator_->n_factorizations()) + " factorizations, " +
         std::to_string(n_meshes_) + " meshes";
}

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
  row.add("space_error_estimate", "-", mesh_control_.space_error());
  if (problem_.space->is_discontinuous())
    row.add("limited_mass", "-", limited_mass_);
  return row;
}

template <int dim>
void Evolution<dim>::record()
{
  const Record row = records_.empty() ? measure() : in_columns_of(records_.front(), measure());
  folder_.append(row);
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

template class Evolution<1>;
template class Evolution<2>;
template class Evolution<3>;
} // namespace lowland
