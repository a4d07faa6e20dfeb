// How long it takes to leave one minimum for another in detailed balance: committors, reaction rates and mean
// first-passage times by the Dirichlet energy, with relative accuracy down to rates of 1e-100 (pinned_wells.h).
#pragma once

#include "tasks/tasks.h"

namespace lowland
{
/// `escape` for noise with an invariant density in closed form. Throws as escape() does.
template <int dim>
void reversible_escape(const Parameters &parameters, const RunOptions &options);
} // namespace lowland
