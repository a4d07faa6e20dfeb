#include "tasks/pinned_wells.h"

#include "input/errors.h"

#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <limits>

namespace lowland
{
namespace
{
/// Up to this many, three-dimensional problems are solved directly, as small rates need it.
constexpr std::size_t most_unknowns_directly = 40000;
/// And up to this many where the iterative solver gives up: the factors fit into 4 GiB.
constexpr std::size_t most_unknowns_after_failure = 150000;

/// Which wells the question takes as sets.
std::vector<bool> sets_of(const EscapeQuestion &question, const EscapePlan &plan)
{
  std::vector<bool> sets(plan.wells.size(), false);
  if (question.to_exit)
    return sets;
  sets[question.from] = true;
  for (const std::size_t b : question.to)
    sets[b] = true;
  return sets;
}

/// The same but for the start, which is a point.
std::vector<bool> sets_around(const EscapeQuestion &question, const EscapePlan &plan)
{
  auto sets = sets_of(question, plan);
  sets[question.from] = false;
  return sets;
}
} // namespace

template <int dim>
PinnedWells<dim>::PinnedWells(const DensitySpace<dim> &space, const Problem<dim> &problem,
                              const EscapePlan &plan)
    : space_(space), problem_(problem), plan_(plan)
{
}

template <int dim>
const HarmonicFunctions<dim> &PinnedWells<dim>::all()
{
  return pinned(plan_.active);
}

template <int dim>
const HarmonicFunctions<dim> &PinnedWells<dim>::of(const EscapeQuestion &question)
{
  return pinned(sets_of(question, plan_));
}

template <int dim>
EscapeRate PinnedWells<dim>::answer(const EscapeQuestion &question)
{
  EscapeRate result;
  result.rate = of(question).chain().rate(question.from, question.to);
  const auto sets = sets_around(question, plan_);
  result.mfpt = 1 / pinned(sets).chain().rate(question.from, question.to);
  // From the middle of a ball all paths reach its rim alike, so that nothing distinguishes the law of entrance.
  if (const Well &from = plan_.wells[question.from]; from.is_ball())
    result.mfpt += time_to_rim(problem_.model, from);
  return result;
}

template <int dim>
std::vector<double> PinnedWells<dim>::parts(const EscapeQuestion &question)
{
  const std::size_t n_wells = plan_.wells.size(), a = question.from;
  if (!apart_)
    apart_ = solve(std::vector<bool>(n_wells, false), Exits::apart);
  WellChain chain = apart_->chain();
  std::vector<std::size_t> kept = {a};
  for (std::size_t part = n_wells; part < chain.size(); ++part)
    kept.push_back(part);
  chain.keep_only(kept);
  std::vector<double> result;
  double sum = 0;
  for (std::size_t part = n_wells; part < chain.size(); ++part)
  {
    result.push_back(chain.conductance(a, part));
    sum += result.back();
  }
  for (double &probability : result)
    probability /= sum;
  return result;
}

template <int dim>
PETScVector PinnedWells<dim>::exit_time()
{
  const std::size_t n_wells = plan_.wells.size();
  const auto &functions = pinned(std::vector<bool>(n_wells, false));
  PETScVector time(functions.passage_time());
  for (std::size_t a = 0; a < n_wells; ++a)
    time.add(1 / functions.chain().rate(a, {n_wells}), functions[a]);
  return time;
}

template <int dim>
double PinnedWells<dim>::chain_gap()
{
  return problem_.absorbs() ? std::numeric_limits<double>::quiet_NaN()
                            : pinned(std::vector<bool>(plan_.wells.size(), false)).chain().gap();
}

template <int dim>
double PinnedWells<dim>::asymmetry() const
{
  double largest = 0;
  for (const auto &[sets, functions] : solved_)
    largest = std::max(largest, functions->asymmetry());
  return largest;
}

template <int dim>
const HarmonicFunctions<dim> &PinnedWells<dim>::pinned(std::vector<bool> sets)
{
  if (dim == 1) // sets are points, or pinned as balls in any case
    sets.assign(sets.size(), false);
  auto &functions = solved_[sets];
  if (!functions)
    functions = solve(sets, Exits::together);
  return *functions;
}

template <int dim>
std::unique_ptr<HarmonicFunctions<dim>> PinnedWells<dim>::solve(const std::vector<bool> &sets,
                                                                Exits exits) const
{
  std::vector<Pin> pins;
  pins.reserve(sets.size());
  for (std::size_t i = 0; i < sets.size(); ++i)
    pins.push_back(sets[i] || plan_.wells[i].is_ball() ? Pin::set : Pin::point);
  SolverSettings settings = problem_.solver_settings(most_unknowns_directly);
  const auto solved = [&] {
    return std::make_unique<HarmonicFunctions<dim>>(space_, problem_.model, plan_.wells, pins,
                                                    settings, Process::reversible, exits);
  };
  try
  {
    return solved();
  }
  catch (const SolverError &)
  {
    if (settings.direct || space_.n_unknowns() > most_unknowns_after_failure)
      throw;
    problem_.log.warn("the iterative solver failed; going on with a direct one");
    settings.direct = true;
    return solved();
  }
}

template class PinnedWells<1>;
template class PinnedWells<2>;
template class PinnedWells<3>;
} // namespace lowland
