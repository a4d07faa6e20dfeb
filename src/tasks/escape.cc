// How long it takes to leave one minimum for another: in detailed balance reversible_escape.h; for other noise, in a
// domain that closes on itself, and to walls that are reached soon, where nothing need be pinned, general_escape.h.
#include "tasks/dimension.h"
#include "tasks/escape/general_escape.h"
#include "tasks/escape/highest_pass.h"
#include "tasks/escape/reversible_escape.h"

namespace lowland
{
namespace
{
/// Below this height of the pass to the walls that absorb, V - V_min, the adjoint operator with nothing pinned is
/// resolved by floating point; a point pinned in a well that is left soon would cost accuracy.
constexpr double low_pass = 12;
/// Of more parameters than these with a radius, functions are hardly determined where they start, at r = 0, if nothing
/// is pinned where the mass is.
constexpr unsigned int few_parameters = 5;

/// Whether walls absorb that are reached soon.
template <int dim>
bool leaves_soon(const Parameters &parameters)
{
  if (parameters.text("Escape", "Exit").empty() && parameters.texts("Domain", "Absorbing").empty())
    return false;
  Log silent;
  const Problem<dim> problem(parameters, parameters.number("Escape", "Tolerance"),
                             InitialDensity::none(), MPI_COMM_WORLD, silent);
  if (!problem.model.equilibrium || !problem.model.equilibrium->bounded())
    return true;
  if (problem.model.radial_dimension() > few_parameters)
    return false;
  const SearchRegion region = problem.mesh.search_region();
  const EscapePlan plan = read_escape_plan(parameters, problem.model, region, problem.minima, true);
  const auto saddles = find_saddles(problem.model.landscape, region, points_of(problem.minima));
  return highest_pass(problem, plan, saddles) < low_pass;
}
} // namespace

int escape(const Parameters &parameters, const RunOptions &options)
{
  return for_dimension(parameters, [&](auto dim) {
    // The passes across sides that are glued together, which pinned wells would need, are not looked for.
    const bool closes_on_itself = !parameters.texts("Domain", "Periodic").empty();
    if (Model(parameters).noise->equilibrium() && !closes_on_itself &&
        !leaves_soon<dim>(parameters))
      reversible_escape<dim>(parameters, options);
    else
      general_escape<dim>(parameters, options);
    return exit_done;
  });
}
} // namespace lowland
