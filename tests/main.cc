// Runs the tests of one executable on all ranks: rank 0 prints, others speak only of failures, and
// the exit status is that of the worst rank.
#include "discretization/blas_kernels.h"

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
  lowland::choose_blas_kernels();
  testing::InitGoogleTest(&argc, argv);
  // A user's ~/.petscrc must not change what is tested.
  char skip[] = "-skip_petscrc";
  char *petsc_arguments[] = {argv[0], skip, nullptr};
  int n_petsc_arguments = 2;
  char **petsc_argv = petsc_arguments;
  dealii::Utilities::MPI::MPI_InitFinalize mpi(n_petsc_arguments, petsc_argv, 1);
  print_on_rank_0_only();
  return dealii::Utilities::MPI::max(RUN_ALL_TESTS(), MPI_COMM_WORLD);
}
