// How long it takes to leave a minimum for another, or to reach the walls that absorb, without detailed balance: rates
// and mean first-passage times by the adjoint operator (passages.h), on meshes that are refined until they are accurate.
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
