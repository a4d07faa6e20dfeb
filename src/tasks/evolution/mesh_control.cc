#include "tasks/evolution/mesh_control.h"

#include "discretization/adaptation/mesh_change.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace lowland
{
namespace
{
/// A finer mesh leaves less than this part of the error of the last one, else it does not help.
constexpr double worst_share_of_repetition = 0.7;
/// The part of the tolerance that a mesh is made for.
constexpr double share_for_next = 0.25;

/// The part of the error allowed that it is made for when a step is made again. What made the mesh too coarse for it goes
/// on: a finer one serves the steps after it, too. No more than twice the cells that are needed now, in three dimensions,
/// where they are dearer than another repetition, 1.6 times as many.
double share_for_repetition(unsigned int degree, unsigned int dimension)
{
  const double growth = dimension < 3 ? 2 : 1.6;
  return std::max(0.2, std::pow(growth, -(degree + 1.0) / dimension));
}

/// A short step that leads beyond this many times the error allowed is made again, too: where the learning rate falls, the
/// density narrows faster than looks after steps see.
constexpr double worst_error_of_short_steps = 2;

/// A pass of coarsening pays if at least this part of the cells goes.
constexpr double least_coarsened = 0.05;
constexpr unsigned int most_passes = 20;

/// A new mesh costs about as much as so many steps.
constexpr double cost_of_change = 3;
} // namespace

template <int dim>
MeshControl<dim>::MeshControl(Problem<dim> &problem, const TimeScheme &scheme)
    : problem_(problem), steps_are_long_(scheme.is_exponential()),
      steps_between_looks_(steps_are_long_ ? 1 : 2),
      target_(scheme.space_share() * problem.tolerance),
      target_for_next_(share_for_next * problem.tolerance)
{
}

template <int dim>
MarkedCells MeshControl<dim>::mark(const CellErrors &errors, double target)
{
  if (!weight_errors_)
    weight_errors_ = weight_errors(*problem_.space, problem_.model);
  return mark_cells(*problem_.space, problem_.mesh, errors, *weight_errors_, target,
                    problem_.limits);
}

template <int dim>
void MeshControl<dim>::refine(const CellErrors &errors, double share)
{
  refine_cells(*problem_.space, problem_.mesh, errors,
               weight_errors(*problem_.space, problem_.model), share * problem_.tolerance,
               problem_.limits);
  weight_errors_.reset();
}

template <int dim>
void MeshControl<dim>::look_at_start()
{
  space_error_ =
      total(problem_.mesh, start_errors(*problem_.space, problem_.model, problem_.start));
}

template <int dim>
bool MeshControl<dim>::is_due(bool must_be)
{
  if (!problem_.adaptive || (++steps_since_look_ < steps_between_looks_ && !must_be))
    return false;
  steps_since_look_ = 0;
  return true;
}

template <int dim>
MeshVerdict MeshControl<dim>::judge(const CellPolynomials &polynomials, const CellErrors &limited,
                                    bool is_last)
{
  CellErrors errors = solution_errors(*problem_.space, problem_.model, polynomials);
  for (std::size_t k = 0; k < limited.size(); ++k)
    errors[k] += limited[k];
  space_error_ = total(problem_.mesh, errors);
  const MarkedCells marked = mark(errors, target_for_next_);
  wasted_ += steps_between_looks_ * marked.small * (1 - std::exp2(-dim)) / problem_.mesh.n_cells();
  const bool too_coarse = space_error_ > target_ && marked.to_refine > 0;
  // Not where the mesh does not help, as with what the limiter moves.
  const bool helps = space_error_ < worst_share_of_repetition * error_before_repetition_;
  const bool is_lost = steps_are_long_ || space_error_ > worst_error_of_short_steps * target_;
  if (too_coarse && is_lost && helps)
  {
    error_before_repetition_ = space_error_;
    steps_since_look_ = steps_between_looks_ - 1; // the step that is made again is looked at
    mark(errors, share_for_repetition(problem_.space->degree(), dim) * target_);
    return MeshVerdict::repeat;
  }
  error_before_repetition_ = std::numeric_limits<double>::infinity();
  if (!is_last && (too_coarse || (wasted_ > cost_of_change && can_coarsen(marked))))
    return MeshVerdict::change;
  return space_error_ > target_ ? MeshVerdict::keep_unresolved : MeshVerdict::keep;
}

/// Whether enough cells would go for one pass to pay.
template <int dim>
bool MeshControl<dim>::can_coarsen(const MarkedCells &marked) const
{
  return marked.to_coarsen >= least_coarsened * problem_.mesh.n_cells();
}

template <int dim>
CellPolynomials MeshControl<dim>::change(MeshVerdict verdict, const CellPolynomials &polynomials)
{
  const bool repeat = verdict == MeshVerdict::repeat;
  if (repeat)
    keep_all_cells(problem_.mesh);
  CellPolynomials carried =
      change_mesh(problem_.mesh, *problem_.space, problem_.model, polynomials);
  weight_errors_.reset();
  if (!repeat)
    coarsen_further(carried);
  wasted_ = 0;
  return carried;
}

/// A pass takes one level of cells away: where a needle has spread, more follow.
template <int dim>
void MeshControl<dim>::coarsen_further(CellPolynomials &polynomials)
{
  for (unsigned int pass = 0; pass < most_passes; ++pass)
  {
    const MarkedCells marked =
        mark(solution_errors(*problem_.space, problem_.model, polynomials), target_for_next_);
    if (marked.to_refine > 0 || !can_coarsen(marked))
      break;
    polynomials = change_mesh(problem_.mesh, *problem_.space, problem_.model, polynomials);
    weight_errors_.reset();
  }
  clear_marks(problem_.mesh);
}

template <int dim>
void MeshControl<dim>::save(nlohmann::json &state) const
{
  state["space_error"] = space_error_;
  state["steps_since_check"] = steps_since_look_;
  state["wasted"] = wasted_;
}

template <int dim>
void MeshControl<dim>::restore(const nlohmann::json &state)
{
  space_error_ = state.at("space_error");
  steps_since_look_ = state.at("steps_since_check");
  wasted_ = state.value("wasted", 0.0); // earlier programs did not count it
}

template class MeshControl<1>;
template class MeshControl<2>;
template class MeshControl<3>;
} // namespace lowland
