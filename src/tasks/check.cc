// Builds everything up to the matrices and says what it would cost to solve.
#include "output/observables.h"
#include "tasks/computed_start.h"
#include "tasks/dimension.h"
#include "tasks/scheme_choice.h"
#include "tasks/summary.h"
#include "tasks/tasks.h"

#include <cmath>

namespace lowland
{
namespace
{
/// Bytes for the matrices, the steps' matrix with its factors, some 40 vectors and twice as many more of FGMRES, and the
/// libraries. The constants are from runs on fixed uniform meshes on 1 rank: 33,153 to 131,841 unknowns of degrees 3, 4 and
/// 6 in 2D, in 3D 9,537 to 70,785 of degrees 2, 3 and 4 with MUMPS and 27,648 to 232,897 of degrees 2 and 3 with multigrid,
/// all within 6 percent; factors on graded meshes take less. MUMPS copies the matrix; its factors grow like n log n in 2D and
/// like n^(4/3) in 3D (George 1973, Lipton, Rose & Tarjan 1979); those of multigrid's smoother have the matrix's own pattern.
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

/// Warns where a function that is to be averaged has no value at a point of the mesh.
template <int dim>
void check_observables(const Problem<dim> &problem, const std::vector<NamedFunction> &functions,
                       Log &log)
{
  for (const NamedFunction &function : functions)
  {
    std::vector<double> values;
    const double integral = problem.integrate([&](const CellModel<dim> &cell, std::size_t q) {
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
