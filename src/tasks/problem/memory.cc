#include "tasks/problem/memory.h"

#include <deal.II/base/mpi.h>

#include <cmath>
#include <unistd.h>

namespace lowland
{
double estimated_memory(unsigned int dimension, bool direct, double n_unknowns, double n_nonzeros)
{
  const double matrix = 12 * n_nonzeros;
  const double libraries = 1.93e8, vectors = (direct ? 40 : 120) * 8 * n_unknowns;
  if (dimension < 3)
    return libraries + vectors + 5.7 * matrix +
           (dimension == 2 ? 67 * n_unknowns * std::log2(n_unknowns) : 0);
  return libraries + vectors +
         (direct ? 4 * matrix + 305 * std::pow(n_unknowns, 4.0 / 3) : 5.6 * matrix);
}

double least_memory(unsigned int dimension, double n_cells, unsigned int degree)
{
  const double n_unknowns = n_cells * std::pow(degree, dimension);
  return estimated_memory(dimension, dimension < 3, n_unknowns,
                          n_unknowns * std::pow(degree + 1, dimension));
}

double memory_of_machines(MPI_Comm communicator)
{
  MPI_Comm machine;
  MPI_Comm_split_type(communicator, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
  const bool first = dealii::Utilities::MPI::this_mpi_process(machine) == 0;
  MPI_Comm_free(&machine);
  const double own = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
  return dealii::Utilities::MPI::sum(first ? own : 0.0, communicator);
}
} // namespace lowland
