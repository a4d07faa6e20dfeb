// The invariant density pi = exp(-V)/Z, where it is known in closed form.
#include "output/fields.h"
#include "output/run_folder.h"
#include "tasks/dimension.h"
#include "tasks/problem.h"
#include "tasks/summary.h"
#include "tasks/tasks.h"

#include <deal.II/lac/petsc_vector.h>

namespace lowland
{
namespace
{
template <int dim>
int find_invariant_density(const Parameters &parameters, const RunOptions &options)
{
  const double wall_start = MPI_Wtime();
  Log log(MPI_COMM_WORLD, options.quiet);
  RunFolder folder(options.output, options.overwrite, parameters, MPI_COMM_WORLD);
  log.open(folder.file("log.txt"));
  const Problem<dim> problem(parameters, InitialDensity::invariant(), MPI_COMM_WORLD, log);

  const FokkerPlanckForm<dim> form(*problem.space, problem.model);
  const PETScVector u = form.to_ratio(problem.project_start(form));
  const double normalisation = problem.invariant_normalisation();
  Record record =
      measure_density(*problem.space, problem.model, u, normalisation, read_observables(parameters));
  record.add("log_normalisation", "-", problem.log_partition_function(normalisation));
  folder.append(record);
  FieldWriter(folder.path(), parameters.texts("Output", "Fields"))
      .write(*problem.space, problem.model, u, normalisation, 0);

  nlohmann::json summary = common_summary("stationary", problem, wall_start);
  add_record(record, dim, summary);
  summary["mass_error"] = std::abs(record["mass"] - 1);
  summary["method"] = "closed form";
  summary["warnings"] = log.warnings();
  folder.write_summary(summary);
  log.line("Invariant density");
  for (const char *key : {"expected_loss", "entropy", "boundary_mass", "l1_to_invariant"})
    log.entry(key, format(summary[key]));
  log.line("Written to " + folder.path());
  return exit_done;
}
} // namespace

int stationary(const Parameters &parameters, const RunOptions &options)
{
  return for_dimension(
      parameters, [&](auto dim) { return find_invariant_density<dim>(parameters, options); });
}
} // namespace lowland
