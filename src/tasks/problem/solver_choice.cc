#include "tasks/problem/solver_choice.h"

#include <deal.II/base/mpi.h>

namespace lowland
{
namespace
{
/// Up to so many unknowns of continuous elements in one or two dimensions, PETSc's factors are up to twice as fast as
/// MUMPS', which sorts out fronts that are small there.
constexpr std::size_t most_unknowns_with_diagonal_pivots = 30000;
} // namespace

template <int dim>
SolverSettings solver_settings(const DensitySpace<dim> &space, std::size_t most_unknowns_directly)
{
  SolverSettings settings;
  settings.direct = dim < 3 || space.n_unknowns() <= most_unknowns_directly;
  settings.diagonal_pivots = dim < 3 && !space.is_discontinuous() &&
                             space.n_unknowns() <= most_unknowns_with_diagonal_pivots &&
                             dealii::Utilities::MPI::n_mpi_processes(space.communicator()) == 1;
  settings.tolerance = 1e-11; // all numbers of ranks agree to 1e-8
  return settings;
}

template SolverSettings solver_settings(const DensitySpace<1> &, std::size_t);
template SolverSettings solver_settings(const DensitySpace<2> &, std::size_t);
template SolverSettings solver_settings(const DensitySpace<3> &, std::size_t);
} // namespace lowland
