// Builds everything up to the matrices and says what it would cost to solve.
#include "output/observables.h"
#include "tasks/computed_start.h"
#include "tasks/dimension.h"
#include "tasks/problem.h"
#include "tasks/tasks.h"

#include <cmath>

namespace lowland
{
namespace
{
/// Bytes for the matrices, the stages' matrix with its factors, some 40 vectors, and the libraries. The
/// constants are from runs on fixed meshes on 1 rank: 33,153 and 131,841 unknowns of degree 4 and 74,305
/// of degree 6 in 2D, 9,537 of degree 2 and 30,625 of degree 3 in 3D, 4,097 in 1D; all within 3 percent.
/// MUMPS copies the matrix, and its factors in 2D grow like n log n; incomplete factors in 3D have the
/// matrix's own pattern.
double estimated_memory(unsigned int dimension, double n_unknowns, double n_nonzeros)
{
  const double matrix = 12 * n_nonzeros;
  const double matrices = (dimension == 3 ? 4.5 : 5.7) * matrix;
  const double factors = dimension == 2 ? 46 * n_unknowns * std::log2(n_unknowns) : 0;
  return matrices + factors + 40 * 8 * n_unknowns + 1.85e8;
}

template <int dim>
int check(const Parameters &parameters, const RunOptions &options)
{
  Log log(MPI_COMM_WORLD, options.quiet);
  read_observables(parameters);
  output_times(parameters);
  const Problem<dim> problem(parameters, parameters.number("Time", "Tolerance"),
                             complete_start<dim>(parameters, MPI_COMM_WORLD, log), MPI_COMM_WORLD,
                             log);
  const FokkerPlanckForm<dim> form(*problem.space, problem.model);
  log.entry("nonzeros", std::to_string(form.n_nonzeros()) + " per matrix");
  log.entry(
      "memory",
      "about " +
          format(estimated_memory(dim, problem.space->n_unknowns(), form.n_nonzeros()) / (1 << 20),
                 3) +
          " MiB at this size; the mesh may grow");
  log.line(log.warnings().empty()
               ? "No warnings."
               : std::to_string(log.warnings().size()) + " warning(s), see above.");
  return exit_done;
}
} // namespace

int check_model(const Parameters &parameters, const RunOptions &options)
{
  return for_dimension(parameters, [&](auto dim) { return check<dim>(parameters, options); });
}
} // namespace lowland
