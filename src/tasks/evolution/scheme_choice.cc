#include "tasks/evolution/scheme_choice.h"

#include "discretization/algebra/linear_solver.h"
#include "tasks/problem/solver_choice.h"

#include <stdexcept>

namespace lowland
{
template <int dim>
TimeScheme choose_scheme(const Problem<dim> &problem)
{
  const std::string name = problem.parameters.text("Time", "Scheme");
  const bool constant_rate = problem.model.learning_rate.is_constant();
  // A solver of the user may be a loose one, and no estimate would see the errors of its solves.
  const bool exponential_fits = !is_solver_overridden() && !problem.absorbs();
  for (const TimeScheme &scheme : time_schemes())
  {
    const bool fits = constant_rate || scheme.allows_time;
    if (scheme.name == name && !fits)
      throw problem.parameters.error(
          "Time", "Scheme", "loses its order with a learning rate schedule; use auto or ra34pw2");
    if (scheme.name == name ||
        (name == "auto" && fits && (!scheme.is_exponential() || exponential_fits)))
      return scheme;
  }
  throw std::logic_error("the parameter table allows the unknown scheme " + name);
}

template <int dim>
SolverSettings settings_of_steps(const Problem<dim> &problem, const TimeScheme &scheme)
{
  // In 3D the few solves of other steps do not pay for factors, and those of discontinuous elements are too dear: with
  // them multigrid is 3 times faster.
  const bool factors_pay = scheme.is_exponential() && !problem.space->is_discontinuous();
  SolverSettings settings =
      solver_settings(*problem.space, factors_pay ? most_unknowns_of_direct_steps : 0);
  settings.diagonal_pivots &= scheme.is_exponential(); // TS factorizes when it likes
  return settings;
}

template <int dim>
std::string described(const Problem<dim> &problem, const TimeScheme &scheme)
{
  const SolverSettings settings = settings_of_steps(problem, scheme);
  const std::string solver = is_solver_overridden()     ? "as PETSc's options ask"
                             : !settings.direct         ? "by multigrid"
                             : settings.diagonal_pivots ? "directly, by PETSc's factors"
                                                        : "directly, by MUMPS";
  return scheme.name + ", solved " + solver;
}

#define INSTANTIATE(dim)                                                                           \
  template TimeScheme choose_scheme(const Problem<dim> &);                                         \
  template SolverSettings settings_of_steps(const Problem<dim> &, const TimeScheme &);             \
  template std::string described(const Problem<dim> &, const TimeScheme &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
