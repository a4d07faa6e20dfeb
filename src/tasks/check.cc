// Builds everything up to the matrices and says what it would cost to solve.
#include "output/observables.h"
#include "tasks/dimension.h"
#include "tasks/problem.h"
#include "tasks/tasks.h"

#include <cmath>

namespace lowland
{
namespace
{
/// Bytes for the two matrices, the stages' matrix and its factors. Those of MUMPS in 2D grow like
/// n log n; the constants are from runs with 10^4 to 10^5 unknowns of degree 4. In 3D the incomplete factors have the
/// matrix's own pattern.
double estimated_memory(unsigned int dimension, double n_unknowns, double n_nonzeros)
{
  const double matrix = 12 * n_nonzeros;
  const double factors =
      dimension == 3 ? matrix : (dimension == 2 ? 2 * 12 * 3 * n_unknowns * std::log2(n_unknowns) : matrix);
  return 3 * matrix + factors + 40 * 8 * n_unknowns + 1.5e8; // the libraries themselves
}

template <int dim>
int check(const Parameters &parameters, const RunOptions &options)
{
  Log log(MPI_COMM_WORLD, options.quiet);
  const Problem<dim> problem(parameters, parameters.number("Time", "Tolerance"), InitialDensity(parameters), MPI_COMM_WORLD, log);
  read_observables(parameters);
  output_times(parameters);
  const FokkerPlanckForm<dim> form(*problem.space, problem.model);
  log.entry("nonzeros", std::to_string(form.n_nonzeros()) + " per matrix");
  log.entry("memory", "about " +
                          format(estimated_memory(dim, problem.space->n_unknowns(),
                                                  form.n_nonzeros()) / (1 << 20), 3) +
                          " MiB at this size; the mesh may grow");
  log.line(log.warnings().empty() ? "No warnings." : std::to_string(log.warnings().size()) +
                                                         " warning(s), see above.");
  return exit_done;
}
} // namespace

int check_model(const Parameters &parameters, const RunOptions &options)
{
  return for_dimension(parameters, [&](auto dim) { return check<dim>(parameters, options); });
}
} // namespace lowland
