#include "tasks/mesh_control.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace lowland
{
namespace
{
/// A finer mesh leaves less than this part of the error of the last one, else it does not help.
constexpr double worst_share_of_repetition = 0.7;
/// A pass of coarsening pays if at least this part of the cells goes.
constexpr double least_coarsened = 0.05;
constexpr unsigned int most_passes = 20;

/// When a mesh is looked at, and when one with fewer cells is worth the change.
struct Patience
{
  unsigned int steps_between_looks;
  unsigned int early; ///< fewer steps than this after a change
  double worth_early; ///< the next one must save this part of the cells; later
  double worth;       ///< this part
};
/// Exponential steps are few, and a new mesh costs little beside one.
constexpr Patience with_long_steps = {1, 2, 0.4, 0.25}, with_short_steps = {2, 10, 0.6, 0.35};
} // namespace

template <int dim>
MeshControl<dim>::MeshControl(Problem<dim> &problem, const TimeScheme &scheme)
    : problem_(problem), steps_are_long_(scheme.is_exponential()),
      target_(space_share * problem.tolerance)
{
}

template <int dim>
MarkedCells MeshControl<dim>::mark(const CellErrors &errors)
{
  if (!weight_errors_)
    weight_errors_ = weight_errors(*problem_.space, problem_.model);
  return mark_cells(*problem_.space, problem_.mesh, errors, *weight_errors_, 0.5 * target_,
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
MeshVerdict MeshControl<dim>::judge(const CellPolynomials &polynomials, const CellErrors &limited,
                                    bool is_last)
{
  ++steps_since_change_;
  const Patience patience = steps_are_long_ ? with_long_steps : with_short_steps;
  if (!problem_.adaptive || ++steps_since_look_ < patience.steps_between_looks)
    return MeshVerdict::keep;
  steps_since_look_ = 0;
  CellErrors errors = solution_errors(*problem_.space, problem_.model, polynomials);
  for (std::size_t k = 0; k < limited.size(); ++k)
    errors[k] += limited[k];
  space_error_ = total(problem_.mesh, errors);
  const MarkedCells marked = mark(errors);
  const bool too_coarse = space_error_ > target_ && marked.to_refine > 0;
  // Not where the mesh does not help, as with what the limiter moves.
  const bool helps = space_error_ < worst_share_of_repetition * error_before_repetition_;
  if (too_coarse && steps_are_long_ && helps)
  {
    error_before_repetition_ = space_error_;
    return MeshVerdict::repeat;
  }
  error_before_repetition_ = std::numeric_limits<double>::infinity();
  if (!is_last && (too_coarse || is_too_fine(marked)))
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
bool MeshControl<dim>::is_too_fine(const MarkedCells &marked) const
{
  const Patience patience = steps_are_long_ ? with_long_steps : with_short_steps;
  const double worth =
      steps_since_change_ < patience.early ? patience.worth_early : patience.worth;
  const double saved = marked.small * (1 - std::exp2(-dim));
  return saved >= worth * problem_.mesh.n_cells() && can_coarsen(marked);
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
  steps_since_change_ = 0;
  return carried;
}

/// A pass takes one level of cells away: where a needle has spread, more follow.
template <int dim>
void MeshControl<dim>::coarsen_further(CellPolynomials &polynomials)
{
  for (unsigned int pass = 0; pass < most_passes; ++pass)
  {
    const MarkedCells marked =
        mark(solution_errors(*problem_.space, problem_.model, polynomials));
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
  state["step_of_last_mesh"] = state.at("steps").get<int>() - static_cast<int>(steps_since_change_);
}

template <int dim>
void MeshControl<dim>::restore(const nlohmann::json &state)
{
  space_error_ = state.at("space_error");
  steps_since_look_ = state.at("steps_since_check");
  steps_since_change_ = state.at("steps").get<int>() - state.at("step_of_last_mesh").get<int>();
}

template class MeshControl<1>;
template class MeshControl<2>;
template class MeshControl<3>;
} // namespace lowland
