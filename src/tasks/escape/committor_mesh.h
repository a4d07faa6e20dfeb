// The mesh of escape in detailed balance: made for the wells and passes, then for V, then for the committors between
// the wells until the rates are accurate.
#pragma once

#include "model/search/saddles.h"
#include "tasks/escape/escape_plan.h"
#include "tasks/problem/problem.h"

#include <vector>

namespace lowland
{
/// Refines the mesh of a problem that has taken its escape_space() until the rates should be accurate to its tolerance,
/// or warns. Returns the estimated relative error of each rate of the plan, by the cells' indicators and the linear
/// solves. Throws SolverError, also where the largest mesh tells nothing. Collective.
template <int dim>
std::vector<double> resolve_committors(Problem<dim> &problem, const EscapePlan &plan,
                                       const std::vector<Saddle> &saddles);
} // namespace lowland
