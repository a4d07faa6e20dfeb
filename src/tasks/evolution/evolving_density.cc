#include "tasks/evolution/evolving_density.h"

#include "discretization/form/l1_bound.h"
#include "discretization/form/positivity.h"
#include "tasks/evolution/exponential_integrator.h"
#include "tasks/evolution/rosenbrock_integrator.h"
#include "tasks/evolution/scheme_choice.h"

#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace lowland
{
namespace
{
/// What the positivity limiter may move at the start and in one step, relative to the tolerance.
constexpr double limiting_share = 0.02;
/// So often at most the start is projected, each time on a finer mesh, until the limiter moves no more than that.
constexpr unsigned int most_meshes_of_start = 6;
} // namespace

template <int dim>
EvolvingDensity<dim>::EvolvingDensity(Problem<dim> &problem, const TimeScheme &scheme)
    : problem_(problem),
      scheme_(scheme), state_{{scheme, (1 - scheme.space_share()) * problem.tolerance,
                               problem.parameters.number("Time", "End"),
                               problem.parameters.number_or_auto("Time", "Time step")}},
      mesh_control_(problem, scheme)
{
}

template <int dim>
EvolvingDensity<dim>::~EvolvingDensity() = default;

template <int dim>
PETScVector EvolvingDensity<dim>::ratio() const
{
  return form_->to_ratio(*state_.v);
}

/// Everything that depends on the mesh: unknowns, form, integrator.
template <int dim>
void EvolvingDensity<dim>::prepare()
{
  ++n_meshes_;
  limited_.clear();
  problem_.space->distribute();
  if (n_meshes_ > 1)
    problem_.check_coefficients();
  form_ = std::make_unique<FokkerPlanckForm<dim>>(*problem_.space, problem_.model);
  make_integrator();
  if (problem_.absorbs())
    exit_flux_ = std::make_unique<ExitFlux<dim>>(*form_);
}

template <int dim>
void EvolvingDensity<dim>::make_integrator()
{
  if (integrator_)
    n_factorizations_ += integrator_->n_factorizations();
  SolverSettings settings = settings_of_steps(problem_, scheme_);
  settings.direct = settings.direct || direct_;
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
void EvolvingDensity<dim>::project_start()
{
  double projected = 1;
  for (unsigned int round = 1;; ++round)
  {
    prepare();
    state_.v = std::make_shared<PETScVector>(problem_.project(problem_.start, *form_));
    projected = problem_.absorbs() ? mass() : 1;
    if (round == most_meshes_of_start ? keep_nonnegative() : keep_nonnegative(limiting_share))
      break;
    mesh_control_.refine(limited_, limiting_share);
  }
  mesh_control_.look_at_start();
  rescale_mass(projected);
  state_.exited = 1 - projected; // at walls that absorb, where it would go next
  PETScVector rate(*state_.v), size(*state_.v);
  form_->stiffness().vmult(rate, *state_.v);
  form_->mass().vmult(size, *state_.v);
  state_.steps.begin(size.l1_norm() / rate.l1_norm());
}

template <int dim>
double EvolvingDensity<dim>::mass() const
{
  return *state_.v * form_->mass_functional();
}

/// What a change of mesh and the limiter leave as it is.
template <int dim>
double EvolvingDensity<dim>::mass_to_keep() const
{
  return exit_flux_ ? mass() : 1;
}

template <int dim>
void EvolvingDensity<dim>::rescale_mass(double mass_wanted)
{
  *state_.v *= mass_wanted / mass();
}

/// 1 - s(t) of the learning rate schedule (model/model.h) in the present piece of it.
template <int dim>
double EvolvingDensity<dim>::removed(double time) const
{
  const LearningRate &eta = problem_.model.learning_rate;
  return eta.is_constant() ? 0 : 1 - eta.piece(state_.time).value(time) / eta.reference();
}

/// Integrates the flux out over the last step: the trapezoidal rule with its first correction, of order
/// 4. Where that is large, the flux changes too fast for it (a start or a new mesh that does not vanish
/// smoothly at the walls), and the step's own loss is taken; so it is with discontinuous elements, whose
/// limiter changes the flux between steps. There `mass_error` sees changes of mesh and limiting only.
template <int dim>
void EvolvingDensity<dim>::add_exits(const PETScVector &before, double dt)
{
  const double low = removed(state_.time), high = removed(state_.time + dt),
               slope = (high - low) / dt;
  const double trapezoid =
      dt / 2 * (exit_flux_->rate(before, low) + exit_flux_->rate(*state_.v, high));
  const double correction =
      dt * dt / 12 *
      (exit_flux_->change(before, low, slope) - exit_flux_->change(*state_.v, high, slope));
  const bool resolved =
      !problem_.space->is_discontinuous() && std::abs(correction) < 0.02 * trapezoid;
  state_.exited += resolved ? trapezoid + correction : before * form_->mass_functional() - mass();
}

template <int dim>
void EvolvingDensity<dim>::step(double time, bool is_last)
{
  while (!try_step(time, is_last))
    ;
  ++n_steps_;
}

/// False where it is to be made again: shorter, by another solver or on another mesh.
template <int dim>
bool EvolvingDensity<dim>::try_step(double time, bool is_last)
{
  const double stop = std::min(time, problem_.model.learning_rate.piece(state_.time).end);
  const double dt = state_.steps.next(stop - state_.time);
  const State before(state_);
  state_.v = std::make_shared<PETScVector>(*before.v);
  if (!advance(*before.v, dt))
    return false;
  state_.time = std::abs(stop - before.time - dt) < 1e-9 * dt ? stop : before.time + dt;
  const MeshVerdict verdict = judge_mesh(state_.time == time, state_.time == time && is_last);
  if (verdict == MeshVerdict::repeat)
  {
    state_ = before;
    ++n_rejected_;
  }
  follow(verdict);
  return verdict != MeshVerdict::repeat;
}

/// One step; nothing where the solver gives up, or where what comes out is no density.
template <int dim>
std::optional<double> EvolvingDensity<dim>::attempt(double dt)
{
  try
  {
    const double kept = mass();
    const double error =
        integrator_->step(*state_.v, state_.time, dt, state_.steps.allowed_error(dt));
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
void EvolvingDensity<dim>::recover(double dt)
{
  if (!state_.steps.shorten(dt))
  {
    replace_solver();
    return;
  }
  if (n_failed_++ == 0)
    problem_.log.warn("the solver failed at t = " + format(state_.time) +
                      "; going on with smaller time steps, here and wherever that happens again");
  make_integrator();
}

/// After steps that failed at any length: a direct solver, or the end.
template <int dim>
void EvolvingDensity<dim>::replace_solver()
{
  if (direct_ || settings_of_steps(problem_, scheme_).direct ||
      problem_.space->n_unknowns() > most_unknowns_of_direct_steps)
    throw StepError("The time step at t = " + format(state_.time) + " failed. " + failure_);
  problem_.log.warn("the iterative solver failed at t = " + format(state_.time) +
                    "; going on with a direct one");
  direct_ = true;
  state_.steps.forgive();
  make_integrator();
}

template <int dim>
bool EvolvingDensity<dim>::advance(const PETScVector &before, double dt)
{
  const auto error = attempt(dt);
  if (!error)
  {
    *state_.v = before;
    recover(dt);
    return false;
  }
  const double growth = integrator_->growth(*error, state_.steps.allowed_error(dt));
  if (!state_.steps.accepts(dt, *error, growth, change_since(before)))
  {
    *state_.v = before;
    ++n_rejected_;
    if (state_.steps.is_stuck())
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
double EvolvingDensity<dim>::change_since(const PETScVector &before) const
{
  return l1_bound(form_->l1_functional(), *state_.v, before) /
         l1_bound(form_->l1_functional(), *state_.v);
}

template <int dim>
bool EvolvingDensity<dim>::keep_nonnegative(double share)
{
  if (!problem_.space->is_discontinuous())
    return true;
  PETScVector u = ratio();
  limited_ = limit_to_nonnegative(*problem_.space, problem_.model, u);
  const double moved = total(problem_.mesh, limited_);
  if (moved > share * problem_.tolerance && problem_.adaptive)
    return false;
  state_.limited_mass += moved;
  if (moved > 0)
  {
    const double kept = mass_to_keep();
    *state_.v = form_->to_unknowns(u);
    rescale_mass(kept);
  }
  return true;
}

template <int dim>
MeshVerdict EvolvingDensity<dim>::judge_mesh(bool must_be, bool is_last)
{
  if (!mesh_control_.is_due(must_be))
    return MeshVerdict::keep;
  return mesh_control_.judge(problem_.space->cell_polynomials(ratio()), limited_, is_last);
}

/// Carries the density to the mesh that it asks for.
template <int dim>
void EvolvingDensity<dim>::follow(MeshVerdict verdict)
{
  if (verdict == MeshVerdict::change || verdict == MeshVerdict::repeat)
    take_mesh(mesh_control_.change(verdict, problem_.space->cell_polynomials(ratio())));
  else if (verdict == MeshVerdict::keep_unresolved)
    keep_nonnegative(); // what no mesh will mend
}

/// Goes on with the density of these polynomials on a new mesh.
template <int dim>
void EvolvingDensity<dim>::take_mesh(const CellPolynomials &polynomials)
{
  const double kept = mass_to_keep();
  prepare();
  state_.v = std::make_shared<PETScVector>(form_->project(
      [&](const CellModel<dim> &cell, unsigned int index, std::vector<double> &values) {
        cell.evaluate(polynomials[index], values);
        for (std::size_t q = 0; q < values.size(); ++q)
          values[q] *= cell.values.weight[q];
      }));
  keep_nonnegative(limiting_share);
  rescale_mass(kept);
}

template <int dim>
void EvolvingDensity<dim>::add_counts(nlohmann::json &counts) const
{
  counts["steps"] = n_steps_;
  counts["rejected_steps"] = n_rejected_;
  counts["failed_steps"] = n_failed_;
  counts["meshes"] = n_meshes_;
  counts["factorizations"] = n_factorizations_ + integrator_->n_factorizations();
}

template <int dim>
void EvolvingDensity<dim>::save(nlohmann::json &saved) const
{
  saved["scheme"] = scheme_.name;
  saved["direct"] = direct_;
  saved["time"] = state_.time;
  saved["limited_mass"] = state_.limited_mass;
  saved["exited"] = state_.exited;
  add_counts(saved);
  state_.steps.save(saved);
  mesh_control_.save(saved);
}

template <int dim>
void EvolvingDensity<dim>::restore(const nlohmann::json &saved,
                                   const std::function<std::string()> &next_block)
{
  direct_ = saved.at("direct");
  prepare();
  state_.v =
      std::make_shared<PETScVector>(form_->to_unknowns(read_records(*problem_.space, next_block)));
  state_.time = saved.at("time");
  state_.limited_mass = saved.at("limited_mass");
  state_.exited = saved.value("exited", 0.0); // programs without absorbing walls have saved none
  n_steps_ = saved.at("steps");
  n_rejected_ = saved.at("rejected_steps");
  n_failed_ = saved.value("failed_steps", 0); // nor have the first of all
  n_factorizations_ = saved.at("factorizations");
  n_meshes_ = saved.at("meshes");
  state_.steps.restore(saved);
  mesh_control_.restore(saved);
}

template class EvolvingDensity<1>;
template class EvolvingDensity<2>;
template class EvolvingDensity<3>;
} // namespace lowland
