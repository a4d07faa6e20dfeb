// The three ways a run can end badly, each with the exit status that main() returns for it.
#pragma once

#include <stdexcept>
#include <string>

namespace lowland
{
/// Process exit statuses, a promise to scripts.
enum ExitStatus
{
  exit_done = 0,
  exit_bad_input = 2,
  exit_solver_failed = 3,
  exit_output_failed = 4,
  exit_stopped_at_limit = 5
};

/// The user's input cannot be used: one message that names file, line, key, value and what is
/// allowed.
struct InputError : std::runtime_error
{
  using std::runtime_error::runtime_error;
};

/// A solve failed: the message says what to try.
struct SolverError : std::runtime_error
{
  using std::runtime_error::runtime_error;
};

/// A file or folder could not be written or read.
struct OutputError : std::runtime_error
{
  using std::runtime_error::runtime_error;
};
} // namespace lowland
