// What a task requires of its problem: questions that have no answer are refused before anything is computed.
#pragma once

#include "tasks/problem/problem.h"

namespace lowland
{
/// Throws InputError under a learning rate schedule: the long run is that of one rate.
template <int dim>
void require_constant_learning_rate(const Problem<dim> &problem);

/// Throws InputError where what starts at this point is absorbed at once, so that nothing is to be computed.
template <int dim>
void require_start_off_exit(const Problem<dim> &problem, const Coordinates &point);

/// Throws InputError where pi, known in closed form, has infinite mass at a point that does not absorb: mass stays
/// there, and there is neither an invariant density nor a slowest mode. `what`: what does not exist then, for the message.
template <int dim>
void require_normalisable(const Problem<dim> &problem, const std::string &what);

/// Throws InputError where mass reaches such a point in finite time, unless Discretization/Maximum level says how far
/// the mesh may follow it.
template <int dim>
void require_no_point_mass(const Problem<dim> &problem);

/// Throws InputError where the process has several recurrent classes, so that `what` is not unique, or no noise at
/// all; asks nothing where walls absorb. Collective.
template <int dim>
void require_irreducible(const Problem<dim> &problem, const std::string &what);
} // namespace lowland
