#include "tasks/escape/pinned_wells.h"

#include "discretization/space/point_values.h"
#include "input/errors.h"
#include "tasks/problem/solver_choice.h"

#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace lowland
{
namespace
{
/// Up to this many, three-dimensional problems are solved directly, as small rates need it.
constexpr std::size_t most_unknowns_of_direct_wells = 40000;

/// Whether what starts at the well's point starts where it is pinned to start from; all paths from the middle of a ball
/// reach its rim alike, so that nothing distinguishes the law of entrance.
bool starts_at_pin(const Well &well)
{
  return well.is_ball() || well.anchor == well.point;
}

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
  return pinned(pins(plan_.active));
}

template <int dim>
const HarmonicFunctions<dim> &PinnedWells<dim>::of(const EscapeQuestion &question)
{
  return pinned(pins(sets_of(question, plan_)));
}

template <int dim>
EscapeRate PinnedWells<dim>::answer(const EscapeQuestion &question)
{
  EscapeRate result;
  result.rate = of(question).chain().rate(question.from, question.to);
  const Well &from = plan_.wells[question.from];
  const HarmonicFunctions<dim> &around = pinned(pins(sets_around(question, plan_)));
  result.mfpt = starts_at_pin(from) ? 1 / around.chain().rate(question.from, question.to)
                                    : value_at(space_, time_to(question.to, around), from.point);
  if (from.is_ball())
    result.mfpt += time_to_rim(problem_.model, from);
  return result;
}

template <int dim>
std::vector<double> PinnedWells<dim>::parts(const EscapeQuestion &question)
{
  const std::size_t n_wells = plan_.wells.size();
  if (!apart_)
    apart_ = solve(plan_.wells, pins(std::vector<bool>(n_wells, false)), Exits::apart);
  WellChain chain = apart_->chain();
  std::vector<std::size_t> exits(chain.size() - n_wells);
  std::iota(exits.begin(), exits.end(), n_wells);
  chain.keep_only(exits);
  const Well &from = plan_.wells[question.from];
  std::vector<double> result;
  for (const std::size_t part : exits)
  {
    const std::vector<double> &at_wells = chain.composition(part);
    if (starts_at_pin(from))
    {
      result.push_back(at_wells[question.from]);
      continue;
    }
    PETScVector probability = space_.vector();
    for (std::size_t k = 0; k < at_wells.size(); ++k)
      probability.add(at_wells[k], (*apart_)[k]);
    result.push_back(value_at(space_, probability, from.point));
  }
  return result;
}

/// The mean time to the targets as a function of the start: that to any pinned set, and then from the well.
template <int dim>
PETScVector PinnedWells<dim>::time_to(const std::vector<std::size_t> &targets,
                                      const HarmonicFunctions<dim> &functions)
{
  PETScVector time(functions.passage_time());
  const WellChain chain = functions.chain();
  for (std::size_t a = 0; a < chain.size(); ++a)
    if (std::find(targets.begin(), targets.end(), a) == targets.end())
      time.add(1 / chain.rate(a, targets), functions[a]);
  return time;
}

template <int dim>
PETScVector PinnedWells<dim>::exit_time()
{
  const std::size_t n_wells = plan_.wells.size();
  return time_to({n_wells}, pinned(pins(std::vector<bool>(n_wells, false))));
}

/// Nothing is far from a set, as it is from a point in the plane and in space, which paths hit late or never.
template <int dim>
double PinnedWells<dim>::chain_gap()
{
  if (problem_.absorbs())
    return std::numeric_limits<double>::quiet_NaN();
  std::vector<Well> wells = plan_.wells;
  Pins pins;
  bool moved = false, apart = true;
  for (std::size_t i = 0; i < wells.size(); ++i)
  {
    moved = moved || wells[i].anchor != wells[i].point;
    wells[i].point = wells[i].anchor;
    pins.push_back(plan_.active[i] && dim > 1 ? Pin::set : Pin::point);
    if (pins[i] == Pin::point)
      wells[i].level = 0;
    for (std::size_t j = 0; j < i; ++j)
      apart = apart && !overlap(wells[i], wells[j]);
  }
  if (!apart) // once they have moved to their anchors
    pins.assign(wells.size(), Pin::point);
  return (moved ? *solve(wells, pins, Exits::together) : pinned(pins)).chain().gap();
}

template <int dim>
double PinnedWells<dim>::asymmetry() const
{
  double largest = apart_ ? apart_->asymmetry() : 0;
  for (const auto &[pins, functions] : solved_)
    largest = std::max(largest, functions->asymmetry());
  return largest;
}

template <int dim>
typename PinnedWells<dim>::Pins PinnedWells<dim>::pins(const std::vector<bool> &sets) const
{
  Pins pins;
  for (std::size_t i = 0; i < sets.size(); ++i)
    pins.push_back((sets[i] && dim > 1) || plan_.wells[i].is_ball() ? Pin::set : Pin::point);
  return pins;
}

template <int dim>
const HarmonicFunctions<dim> &PinnedWells<dim>::pinned(const Pins &pins)
{
  auto &functions = solved_[pins];
  if (!functions)
    functions = solve(plan_.wells, pins, Exits::together);
  return *functions;
}

template <int dim>
std::unique_ptr<HarmonicFunctions<dim>> PinnedWells<dim>::solve(const std::vector<Well> &wells,
                                                                const Pins &pins, Exits exits) const
{
  SolverSettings settings = solver_settings(*problem_.space, most_unknowns_of_direct_wells);
  const auto solved = [&] {
    return std::make_unique<HarmonicFunctions<dim>>(space_, problem_.model, wells, pins, settings,
                                                    exits);
  };
  try
  {
    return solved();
  }
  catch (const SolverError &)
  {
    if (settings.direct || space_.n_unknowns() > most_unknowns_factorized)
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
