// Starts that must be computed or fetched: the last density of an earlier run, and the invariant density of
// other noise.
#pragma once

#include "model/initial_density.h"
#include "output/log.h"

namespace lowland
{
/// The start that `Initial density` states, complete. The mesh that it was computed on is whole on every rank,
/// so that its density is known at any point without a word between the ranks. Collective. Throws InputError for
/// a run that cannot be read, SolverError, and OutputError.
template <int dim>
InitialDensity complete_start(const Parameters &parameters, MPI_Comm communicator, Log &log);
} // namespace lowland
