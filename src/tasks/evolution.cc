#include "tasks/evolution.h"

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
/// The part of the tolerance that the time steps may use up.
constexpr double time_share = 1 - space_share;
/// What the positivity limiter may move at the start and in one step, relative to the tolerance.
constexpr double limiting_share = 0.02;
/// The part of the density that may move in one step, so that the mesh can follow.
constexpr double most_change = 1;
/// A finer mesh leaves less than this part of the error of the last one, else it does not help.
constexpr double worst_share_of_repetition = 0.7;
/// What a scheme asks of the steps and of the mesh that follows them: exponential steps are few, and a new mesh
/// costs little beside one.
struct Policy
{
  double share_of_rest; ///< of the error that is left, which a step may make beside its own part
  unsigned int check_interval; ///< steps between two looks at the mesh
  unsigned int payback;        ///< a mesh must serve for so many steps, or
  double worth_early;          ///< save this part of the cells; later
  double worth;                ///< this part
};
Policy policy(const TimeScheme &scheme)
{
  return scheme.order == 0 ? Policy{0.14, 1, 2, 0.4, 0.25} : Policy{0.05, 2, 10, 0.6, 0.35};
}
/// A step that fails is tried again with a quarter of its length, this often.
constexpr unsigned int max_failures = 4;
/// Smaller steps make smaller errors: after so many rejected ones, or at so small a part of the first one, the
/// linear systems are solved too loosely for that.
constexpr unsigned int max_rejections = 10;
constexpr double shortest_step = 1e-8;
/// So many unknowns may be solved for directly in three dimensions, in a few GB.
constexpr std::size_t max_direct = 100000;
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
    if (scheme.name == name || (name == "auto" && fits && (scheme.order > 0 || exponential_fits)))
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
      scheme_(choose_scheme(parameters, problem_.model.learning_rate, exponential_fits())),
      fixed_step_(parameters.number_or_auto("Time", "Time step")),
      end_(parameters.number("Time", "End"))
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
  return problem_.solver_settings().direct && !is_solver_overridden() && !problem_.absorbs();
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
    exit_flux_ = std::make_unique<ExitFlux<dim>>(*form_, problem_.solver_settings());
  // Under a schedule, or where mass is absorbed, no density is invariant.
  invariant_normalisation_ = problem_.model.learning_rate.is_constant()
                                 ? problem_.limit_normalisation()
                                 : std::numeric_limits<double>::quiet_NaN();
  if (problem_.adaptive)
    weight_errors_ = weight_errors(*problem_.space, problem_.model);
}

template <int dim>
void Evolution<dim>::make_integrator()
{
  if (integrator_)
    n_factorizations_ += integrator_->n_factorizations();
  SolverSettings settings = problem_.solver_settings();
  settings.direct = settings.direct || direct_;
  settings = form_->with_multigrid(settings);
  if (scheme_.order == 0)
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
    refine_cells(*problem_.space, problem_.mesh, limited_, weight_errors_,
                 limiting_share * problem_.tolerance, problem_.limits);
  }
  rescale_mass(1);
  // The first step: a fraction of the time in which the density changes by itself.
  PETScVector rate(*v_);
  form_->stiffness().vmult(rate, *v_);
  const double change = rate.l1_norm();
  PETScVector size(*v_);
  form_->mass().vmult(size, *v_);
  const double part =
      scheme_.order == 0 ? 1 : 0.3 * std::pow(problem_.tolerance, 1.0 / scheme_.order);
  first_step_ = part * size.l1_norm() / change;
  dt_ = first_step_;
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
    const double start = time_, dt = next_step(stop);
    const PETScVector before(*v_);
    if (!try_step(before, dt))
      continue;
    time_ = std::abs(stop - start - dt) < 1e-9 * dt ? stop : start + dt;
    if (problem_.adaptive && ++since_check_ >= policy(scheme_).check_interval &&
        !follow_solution(before))
    {
      time_ = start;
      dt_ = dt;
      continue;
    }
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
  return "t = " + format(time_) + ", step " + format(last_dt_, 2) + ", " +
         std::to_string(problem_.mesh.n_cells()) + " cells" +
         (std::isfinite(distance) ? ", distance " + format(distance, 2) : "");
}

/// Equal steps up to `time`, no longer than wanted; the last step again where that fits, because its
/// factors are still there.
template <int dim>
double Evolution<dim>::next_step(double time) const
{
  const double rest = time - time_;
  if (fixed_step_)
    return std::min(*fixed_step_, rest);
  const double n = std::round(rest / last_dt_);
  const bool fits = last_dt_ > 0 && n >= 1 && std::abs(n * last_dt_ - rest) < 1e-9 * rest;
  if (fits && dt_ >= last_dt_ * 0.9999 && (dt_ < 1.5 * last_dt_ || n == 1))
    return last_dt_;
  return rest / std::ceil(rest / dt_ * (1 - 1e-9));
}

/// The error that one step may make: part of it in proportion to its length, part of it a share of what is left,
/// because transients are short and the flow contracts L1.
template <int dim>
double Evolution<dim>::allowed_error(double dt) const
{
  const double budget = time_share * problem_.tolerance;
  return 0.5 * budget * dt / end_ +
         policy(scheme_).share_of_rest * std::max(0.0, 0.5 * budget - spent_);
}

/// One step; nothing where the solver gives up, or where what comes out is no density.
template <int dim>
std::optional<double> Evolution<dim>::attempt(double dt)
{
  try
  {
    const double error = integrator_->step(*v_, time_, dt, allowed_error(dt));
    if (std::isfinite(error))
      return error;
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
  if (fixed_step_ || ++failures_in_a_row_ > max_failures)
  {
    replace_solver();
    return;
  }
  if (n_failed_++ == 0)
    log_.warn("the solver failed at t = " + format(time_) +
              "; going on with smaller time steps, here and wherever that happens again");
  dt_ = dt / 4;
  make_integrator();
}

/// After steps that failed at any length: a direct solver, or the end with a checkpoint.
template <int dim>
void Evolution<dim>::replace_solver()
{
  if (direct_ || problem_.solver_settings().direct || problem_.space->n_unknowns() > max_direct)
  {
    save();
    throw SolverError("The time step at t = " + format(time_) + " failed. " + failure_ +
                      " A checkpoint of the time before it is kept.");
  }
  log_.warn("the iterative solver failed at t = " + format(time_) + "; going on with a direct one");
  direct_ = true;
  failures_in_a_row_ = rejections_in_a_row_ = 0;
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
  failures_in_a_row_ = 0;
  const double allowed = allowed_error(dt), factor = integrator_->growth(*error, allowed);
  if (!fixed_step_ && *error > 1.2 * allowed)
  {
    *v_ = before;
    dt_ = dt * std::clamp(factor, 0.1, 0.7);
    ++n_rejected_;
    if (++rejections_in_a_row_ > max_rejections || dt_ < shortest_step * first_step_)
    {
      failure_ =
          "Its error does not fall with the time step: the linear systems are solved too loosely. "
          "Try a smaller tolerance of the linear solver or another one (--petsc).";
      replace_solver();
    }
    return false;
  }
  rejections_in_a_row_ = 0;
  spent_ = std::max(0.0, spent_ + *error - 0.5 * time_share * problem_.tolerance * dt / end_);
  if (factor > 1.5)
    dt_ = std::max(dt_, dt * std::min(factor, 5.0));
  dt_ = std::min(dt_, dt * std::max(0.3, most_change / change_since(before)));
  if (exit_flux_)
    add_exits(before, dt);
  keep_nonnegative(limiting_share);
  if (!exit_flux_ && (dim == 3 || scheme_.order == 0))
    rescale_mass(1); // what an iterative solver or a Krylov space left of it
  last_dt_ = dt;
  ++n_steps_;
  return true;
}

/// A bound of the part of the density that has moved.
template <int dim>
double Evolution<dim>::change_since(const PETScVector &before) const
{
  PETScVector change(*v_), size(*v_);
  change -= before;
  VecAbs(change);
  VecAbs(size);
  return std::max(1e-300, change * form_->l1_functional() / (size * form_->l1_functional()));
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

/// Looks at the mesh after a step: changes it where the solution has left it, or where far fewer cells would do.
/// False if the step, a long one, is to be made again from `before` on a finer mesh, which resolves where it leads.
template <int dim>
bool Evolution<dim>::follow_solution(const PETScVector &before)
{
  since_check_ = 0;
  const bool steps_are_long = scheme_.order == 0;
  const double target = space_share * problem_.tolerance;
  const auto polynomials = problem_.space->cell_polynomials(form_->to_ratio(*v_));
  CellErrors errors = solution_errors(*problem_.space, problem_.model, polynomials);
  for (std::size_t k = 0; k < limited_.size(); ++k)
    errors[k] += limited_[k];
  space_error_ = total(problem_.mesh, errors);
  const MarkedCells marked = mark_cells(*problem_.space, problem_.mesh, errors, weight_errors_,
                                        0.5 * target, problem_.limits);
  const bool too_coarse = space_error_ > target && marked.to_refine > 0;
  // Not where the mesh does not help, as with what the limiter moves.
  const bool helps = space_error_ < worst_share_of_repetition * error_before_repetition_;
  if (too_coarse && steps_are_long && helps)
  {
    error_before_repetition_ = space_error_;
    keep_all_cells(problem_.mesh);
    take_marked_mesh(problem_.space->cell_polynomials(form_->to_ratio(before)), false);
    return false;
  }
  error_before_repetition_ = std::numeric_limits<double>::infinity();
  const double saved = marked.small * (1 - std::exp2(-dim));
  const Policy p = policy(scheme_);
  const double worth = n_steps_ - last_mesh_step_ < p.payback ? p.worth_early : p.worth;
  const bool is_last = time_ == output_times_.back();
  const bool too_fine = saved >= worth * problem_.mesh.n_cells() && can_coarsen(marked);
  if (!is_last && (too_coarse || too_fine))
    take_marked_mesh(polynomials, true);
  else if (space_error_ > target)
    keep_nonnegative(); // what no mesh will mend
  return true;
}

/// Whether enough cells would go for one pass to pay.
template <int dim>
bool Evolution<dim>::can_coarsen(const MarkedCells &marked) const
{
  return marked.to_coarsen >= 0.05 * problem_.mesh.n_cells();
}

/// A pass takes one level of cells away: where a needle has spread, more follow.
template <int dim>
void Evolution<dim>::coarsen_further(std::vector<std::vector<double>> &polynomials)
{
  const double goal = 0.5 * space_share * problem_.tolerance;
  for (unsigned int pass = 0; pass < 20; ++pass)
  {
    const MarkedCells marked =
        mark_cells(*problem_.space, problem_.mesh,
                   solution_errors(*problem_.space, problem_.model, polynomials),
                   weight_errors(*problem_.space, problem_.model), goal, problem_.limits);
    if (marked.to_refine > 0 || !can_coarsen(marked))
      break;
    polynomials = change_mesh(problem_.mesh, *problem_.space, problem_.model, polynomials);
  }
  for (const auto &cell : problem_.mesh.triangulation().active_cell_iterators())
  {
    cell->clear_refine_flag();
    cell->clear_coarsen_flag();
  }
}

/// Carries the density of these polynomials to the marked mesh, or to one with fewer cells yet.
template <int dim>
void Evolution<dim>::take_marked_mesh(const std::vector<std::vector<double>> &polynomials,
                                      bool coarsen)
{
  last_mesh_step_ = n_steps_;
  const double kept = mass_to_keep();
  auto carried = change_mesh(problem_.mesh, *problem_.space, problem_.model, polynomials);
  if (coarsen)
    coarsen_further(carried);
  prepare();
  v_ = std::make_unique<PETScVector>(form_->project(
      [&](const CellModel<dim> &cell, unsigned int index, std::vector<double> &values) {
        cell.evaluate(carried[index], values);
        for (std::size_t q = 0; q < values.size(); ++q)
          values[q] *= cell.values.weight[q];
      },
      problem_.solver_settings()));
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
    loss_ = std::make_unique<PETScVector>(project_loss(*form_, problem_.solver_settings()));
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
  row.add("time_step", "time", last_dt_);
  row.add("space_error_estimate", "-", space_error_);
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
