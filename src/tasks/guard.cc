#include "tasks/guard.h"

#include "input/errors.h"

#include <deal.II/base/exceptions.h>
#include <deal.II/base/mpi.h>

#include <chrono>
#include <iostream>
#include <new>
#include <sstream>
#include <string>
#include <thread>

namespace lowland
{
namespace
{
using dealii::Utilities::MPI::min;
using dealii::Utilities::MPI::n_mpi_processes;
using dealii::Utilities::MPI::this_mpi_process;

struct Outcome
{
  int status = exit_done;
  std::string message; ///< empty: the verb came to its end
};

// deal.II's what() has a stack trace; its first lines say what and where.
std::string in_words(const dealii::ExceptionBase &exception)
{
  std::ostringstream text;
  text << "an error inside the program, please report it: " << exception.get_exc_name();
  exception.print_info(text);
  return text.str();
}

Outcome outcome_of(const std::function<int()> &verb)
{
  try
  {
    return {verb(), ""};
  }
  catch (const InputError &error)
  {
    return {exit_bad_input, error.what()};
  }
  catch (const SolverError &error)
  {
    return {exit_solver_failed, error.what()};
  }
  catch (const OutputError &error)
  {
    return {exit_output_failed, error.what()};
  }
  catch (const std::bad_alloc &)
  {
    return {exit_solver_failed,
            "out of memory; try more ranks on more machines, or a larger Tolerance."};
  }
  catch (const dealii::ExceptionBase &exception)
  {
    return {exit_solver_failed, in_words(exception)};
  }
  catch (const std::exception &exception)
  {
    return {exit_solver_failed,
            std::string("an error inside the program, please report it: ") + exception.what()};
  }
}

void print(const Outcome &outcome)
{
  std::cerr << "lowland: " << outcome.message << std::endl;
}

// A rank that failed alone must not wait for ranks that wait for it.
bool all_arrive_within(std::chrono::seconds limit)
{
  const auto start = std::chrono::steady_clock::now();
  MPI_Request request;
  MPI_Ibarrier(MPI_COMM_WORLD, &request);
  int arrived = 0;
  while (true)
  {
    MPI_Test(&request, &arrived, MPI_STATUS_IGNORE);
    if (arrived || std::chrono::steady_clock::now() - start > limit)
      return arrived;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// All ranks have come to an end: the lowest that failed speaks for all.
int agree(const Outcome &outcome)
{
  const unsigned int n = n_mpi_processes(MPI_COMM_WORLD), rank = this_mpi_process(MPI_COMM_WORLD);
  const bool failed = !outcome.message.empty();
  const unsigned int speaker = min(failed ? rank : n, MPI_COMM_WORLD);
  if (rank == speaker)
    print(outcome);
  int status = outcome.status;
  MPI_Bcast(&status, 1, MPI_INT, speaker == n ? 0 : speaker, MPI_COMM_WORLD);
  return status;
}
} // namespace

int guarded(const std::function<int()> &verb)
{
  const Outcome outcome = outcome_of(verb);
  const bool failed = !outcome.message.empty();
  if (!all_arrive_within(failed ? std::chrono::seconds(5)
                                : std::chrono::seconds(std::chrono::hours(24 * 365))))
  {
    print(outcome);
    MPI_Abort(MPI_COMM_WORLD, outcome.status);
  }
  return agree(outcome);
}
} // namespace lowland
