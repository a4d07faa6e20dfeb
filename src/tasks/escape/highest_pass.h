// How high the pass is that rates of escape hang on, and with it how small they are.
#pragma once

#include "model/search/saddles.h"
#include "tasks/escape/escape_plan.h"
#include "tasks/problem/problem.h"

namespace lowland
{
/// V - V_min at a loss below which all wells, and the walls that absorb, are connected: by the saddles, where those
/// between all wells are known, else by straight lines. Needs a bounded invariant density. Throws SolverError where
/// rates underflow. Collective.
template <int dim>
double highest_pass(const Problem<dim> &problem, const EscapePlan &plan,
                    const std::vector<Saddle> &saddles);

/// The weight of the harmonic functions: its floor lies far below pi at the pass, e^-40; beside another coordinate than
/// the radius of K parameters so far that far out, where the measure r^(K-1) is large, it has no more mass. Throws
/// SolverError where that underflows.
template <int dim>
ReferenceWeight weight_below_pass(const Problem<dim> &problem, double highest_pass);
} // namespace lowland
