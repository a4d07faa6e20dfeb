// Builds everything up to the matrices and says what it would cost to solve.
#include "discretization/form/integrals.h"
#include "output/named_functions.h"
#include "tasks/dimension.h"
#include "tasks/evolution/computed_start.h"
#include "tasks/evolution/scheme_choice.h"
#include "tasks/problem/memory.h"
#include "tasks/problem/requirements.h"
#include "tasks/summary.h"
#include "tasks/tasks.h"

#include <cmath>

namespace lowland
{
namespace
{
/// Warns where a function that is to be averaged has no value at a point of the mesh.
template <int dim>
void check_observables(const Problem<dim> &problem, const std::vector<NamedFunction> &functions,
                       Log &log)
{
  for (const NamedFunction &function : functions)
  {
    std::vector<double> values;
    const double integral = integrate<dim>(*problem.space, problem.model,
                                           [&](const CellModel<dim> &cell, std::size_t q) {
                                             if (q == 0) // all points of a cell at once
                                               function.function->evaluate(cell.points, values);
                                             return values[q];
                                           });
    if (!std::isfinite(integral))
      warn_of_undefined(function, log);
  }
}

template <int dim>
int check(const Parameters &parameters, const RunOptions &options)
{
  Log log(MPI_COMM_WORLD, options.quiet);
  const auto functions = read_observables(parameters);
  output_times(parameters);
  const Problem<dim> problem(parameters, parameters.number("Time", "Tolerance"),
                             complete_start<dim>(parameters, MPI_COMM_WORLD, log), MPI_COMM_WORLD,
                             log);
  require_no_point_mass(problem);
  check_observables(problem, functions, log);
  const FokkerPlanckForm<dim> form(*problem.space, problem.model);
  const TimeScheme scheme = choose_scheme(problem);
  const bool direct = settings_of_steps(problem, scheme).direct;
  const double memory =
      estimated_memory(dim, direct, problem.space->n_unknowns(), form.n_nonzeros());
  log.entry("time scheme", described(problem, scheme));
  log.entry("nonzeros", std::to_string(form.n_nonzeros()) + " per matrix");
  log.entry("memory",
            "about " + format(memory / (1 << 20), 3) + " MiB at this size; the mesh may grow");
  if (const double there_is = memory_of_machines(MPI_COMM_WORLD); memory > there_is)
    log.warn("that is more memory than there is: " + format(there_is / (1 << 20), 3) + " MiB");
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
