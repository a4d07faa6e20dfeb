// A stand-in for a verb that fails: `faults_guard_program all|one|late|none`.
#include "input/errors.h"
#include "tasks/guard.h"

#include <deal.II/base/mpi.h>

#include <string>

int main(int argc, char **argv)
{
  dealii::Utilities::MPI::MPI_InitFinalize mpi(argc, argv, 1);
  const std::string who = argc > 1 ? argv[1] : "";
  const unsigned int rank = dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD);
  return lowland::guarded([&]() {
    if (who == "all" || (rank == 1 && who != "none"))
      throw lowland::SolverError("rank " + std::to_string(rank) + " diverged.");
    if (who == "one") // the others wait for rank 1
      MPI_Barrier(MPI_COMM_WORLD);
    return 0;
  });
}
