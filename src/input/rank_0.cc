#include "input/rank_0.h"

#include "input/errors.h"
#include "input/parameters.h"

#include <deal.II/base/mpi.h>

#include <boost/serialization/utility.hpp>

#include <exception>

namespace lowland
{
void on_rank_0(MPI_Comm communicator, const std::function<void()> &work)
{
  std::pair<int, std::string> outcome = {exit_done, ""};
  if (dealii::Utilities::MPI::this_mpi_process(communicator) == 0)
    try
    {
      work();
    }
    catch (const InputError &error)
    {
      outcome = {exit_bad_input, error.what()};
    }
    catch (const std::exception &error)
    {
      outcome = {exit_output_failed, error.what()};
    }
  outcome = dealii::Utilities::MPI::broadcast(communicator, outcome);
  if (outcome.first == exit_bad_input)
    throw InputError(outcome.second);
  if (outcome.first == exit_output_failed)
    throw OutputError(outcome.second);
}

std::string read_on_rank_0(MPI_Comm communicator, const std::string &file,
                           const std::string &expected)
{
  std::string text;
  on_rank_0(communicator, [&]() { text = read_file(file, expected); });
  return dealii::Utilities::MPI::broadcast(communicator, text);
}
} // namespace lowland
