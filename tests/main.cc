// Runs the tests of one executable on all ranks: rank 0 prints, others speak only of failures, and
// the exit status is that of the worst rank.
#include "discretization/algebra/libraries.h"

#include <deal.II/base/mpi.h>

#include <gtest/gtest.h>

#include <iostream>

namespace
{
class FailurePrinter : public testing::EmptyTestEventListener
{
  void OnTestPartResult(const testing::TestPartResult &result) override
  {
    if (result.failed())
      std::cerr << "rank " << dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) << ": "
                << result.file_name() << ":" << result.line_number() << ": " << result.message()
                << std::endl;
  }
};

void print_on_rank_0_only()
{
  if (dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0)
    return;
  auto &listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  listeners.Append(new FailurePrinter);
}
} // namespace

int main(int argc, char **argv)
{
  testing::InitGoogleTest(&argc, argv);
  const lowland::Libraries libraries(argv[0]);
  print_on_rank_0_only();
  return dealii::Utilities::MPI::max(RUN_ALL_TESTS(), MPI_COMM_WORLD);
}
