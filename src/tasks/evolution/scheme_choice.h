// Which scheme makes the steps in time, and how their linear systems are solved.
#pragma once

#include "tasks/evolution/time_integrator.h"
#include "tasks/problem/problem.h"

namespace lowland
{
/// So many unknowns of continuous elements may be solved for directly in three dimensions, in 5 GB: with many solves for
/// one factorization three to four times faster than by multigrid.
constexpr std::size_t most_unknowns_of_direct_steps = 200000;

/// The scheme of `Scheme`. `auto` is the first that keeps its order with the learning rate; an exponential one only
/// where no mass is absorbed: the flux out is integrated over shorter steps. Throws InputError.
template <int dim>
TimeScheme choose_scheme(const Problem<dim> &problem);

/// On the current mesh.
template <int dim>
SolverSettings settings_of_steps(const Problem<dim> &problem, const TimeScheme &scheme);

/// Both in words.
template <int dim>
std::string described(const Problem<dim> &problem, const TimeScheme &scheme);
} // namespace lowland
