// How long it takes to leave a minimum for another, or to reach the walls that absorb, without detailed balance.
//
// With the backward operator L*, the adjoint of the form, and the sets A and B,
//
//   L* q = 0 outside of A and B,   q = 0 on A, 1 on B     the committor
//   L* T = -1 outside of B,        T = 0 on B             the mean first-passage time to B
//
// The rate is the flux of reactive paths over the share of time in which A was visited last (E and
// Vanden-Eijnden 2010). Both belong to the density y = pi q_backward: the invariant one on A, 0 on B, stationary in
// between. Duality spares its solve: with tau, the time until A or B is reached,
//
//   flux = -a(pi on A, q),   share = m(pi on A, 1) - a(pi on A, tau).
//
// Rates below what round-off leaves of the form's small eigenvalues are not told from zero here.
#pragma once

#include "tasks/tasks.h"

namespace lowland
{
/// `escape` for noise without an invariant density in closed form, in domains that close on themselves, and to walls
/// that are reached soon. Throws as escape() does.
template <int dim>
void general_escape(const Parameters &parameters, const RunOptions &options);
} // namespace lowland
