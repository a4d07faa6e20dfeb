// The questions that a parameter file can be asked, one function per verb of the command line. All
// are collective over MPI_COMM_WORLD.
#pragma once

#include "input/parameters.h"

#include <string>

namespace lowland
{
/// What the command line says about a run, beside its parameters.
struct RunOptions
{
  std::string output;       ///< the run folder
  bool overwrite = false;   ///< an old run folder may be replaced
  bool quiet = false;       ///< nothing but warnings and errors on the screen
  std::string command_line; ///< as typed, for the log
};

/// Solves the Fokker-Planck equation from the initial density to the end of the run and writes the
/// run folder. Returns an ExitStatus; throws InputError, SolverError or OutputError, the same on
/// all ranks.
int evolve(const Parameters &parameters, const RunOptions &options);

/// Writes the invariant density into the run folder. Returns and throws as evolve() does.
int stationary(const Parameters &parameters, const RunOptions &options);

/// Writes the slowest relaxation modes into the run folder. Returns and throws as evolve() does.
int spectrum(const Parameters &parameters, const RunOptions &options);

/// Writes rates, mean first-passage times and reactive paths between minima into the run folder.
/// Returns and throws as evolve() does.
int escape(const Parameters &parameters, const RunOptions &options);

/// Builds everything up to the matrices and prints the model, sizes, a memory estimate and every
/// warning; writes nothing. Returns and throws as evolve() does.
int check_model(const Parameters &parameters, const RunOptions &options);
} // namespace lowland
