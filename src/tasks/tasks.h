// The questions that a parameter file can be asked, one function per verb of the command line. All
// are collective over MPI_COMM_WORLD.
#pragma once

#include "input/parameters.h"

#include <optional>
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
  bool automatic = false;   ///< `evolve` goes on if the run folder holds something to go on with
  std::optional<double> end_of_wall_time; ///< on the clock of MPI_Wtime
  std::string petsc;                      ///< options for PETSc, which has them already
};

/// Solves the Fokker-Planck equation from the initial density to the end of the run and writes the
/// run folder. Returns an ExitStatus; throws InputError, SolverError or OutputError, the same on
/// all ranks.
int evolve(const Parameters &parameters, const RunOptions &options);

/// Goes on with the run of evolve() in the folder `options.output` from its newest checkpoint, with its
/// parameters and these `assignments`, of which few may change anything. Returns and throws as
/// evolve() does.
int resume(const std::vector<std::string> &assignments, const RunOptions &options);

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
