#include "tasks/escape/passages.h"

#include "discretization/passages/reactive_paths.h"
#include "discretization/space/point_values.h"
#include "tasks/problem/solver_choice.h"
#include "tasks/relaxation/relaxation.h"

#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <limits>

namespace lowland
{
namespace
{
Passage::Function kept(const PETScVector &u)
{
  return std::make_shared<const PETScVector>(u);
}

/// With these wells as sets, and the parts of the walls that absorb.
template <int dim>
ReactivePaths<dim> paths_between(const Problem<dim> &problem, const EscapePlan &plan,
                                 const std::vector<std::size_t> &sets)
{
  std::vector<Well> wells;
  wells.reserve(sets.size());
  for (const std::size_t k : sets)
    wells.push_back(plan.wells[k]);
  return ReactivePaths<dim>(*problem.space, problem.model, wells,
                            solver_settings(*problem.space, most_unknowns_factorized));
}

template <int dim>
void add_answer(const Problem<dim> &problem, const EscapePlan &plan, const EscapeQuestion &question,
                PassageAnswers &answers)
{
  const PETScVector &density = *answers.density;
  std::vector<std::size_t> sets = {question.from};
  sets.insert(sets.end(), question.to.begin(), question.to.end());
  const ReactivePaths<dim> both = paths_between(problem, plan, sets),
                           targets = paths_between(problem, plan, question.to);
  PETScVector committor(both[1]);
  for (std::size_t b = 2; b < both.size(); ++b)
    committor += both[b];
  EscapeRate rate;
  rate.rate = both.flux(density, 0, committor) /
              (both.mass(density, 0) + both.flux(density, 0, both.passage_time()));
  rate.mfpt = value_at(*problem.space, targets.passage_time(), plan.wells[question.from].point);
  answers.rates.push_back(rate);
  answers.passages.push_back({plan.name(question.from) + "_" + plan.target(question),
                              kept(targets.passage_time()), kept(committor),
                              kept(both.last_in(0, density))});
}

template <int dim>
PassageAnswers answer_exits(const Problem<dim> &problem, const EscapePlan &plan)
{
  const ReactivePaths<dim> exits = paths_between(problem, plan, {});
  PassageAnswers answers;
  answers.resolution =
      100 * std::numeric_limits<double>::epsilon() *
      FokkerPlanckForm<dim>(*problem.space, problem.model).stiffness().linfty_norm();
  for (const EscapeQuestion &question : plan.questions)
  {
    const Coordinates &start = plan.wells[question.from].point;
    EscapeRate rate;
    rate.mfpt = value_at(*problem.space, exits.passage_time(), start);
    rate.rate = 1 / rate.mfpt;
    for (std::size_t part = 0; part < exits.size(); ++part)
      rate.parts.push_back(value_at(*problem.space, exits[part], start));
    answers.rates.push_back(rate);
  }
  answers.passages.push_back({"", kept(exits.passage_time()), nullptr, nullptr});
  return answers;
}
} // namespace

template <int dim>
PassageAnswers answer_by_passages(Problem<dim> &problem, const EscapePlan &plan,
                                  double density_error)
{
  if (problem.absorbs())
    return answer_exits(problem, plan);
  PassageAnswers answers;
  const SpectrumEstimate<dim> estimate =
      relax(problem, {2, density_error, std::numeric_limits<double>::infinity(), false});
  answers.resolution = estimate.resolution();
  answers.spectral_gap = estimate.gap();
  answers.density = kept(estimate.ratio(0));
  for (const EscapeQuestion &question : plan.questions)
    add_answer(problem, plan, question, answers);
  return answers;
}

template PassageAnswers answer_by_passages(Problem<1> &, const EscapePlan &, double);
template PassageAnswers answer_by_passages(Problem<2> &, const EscapePlan &, double);
template PassageAnswers answer_by_passages(Problem<3> &, const EscapePlan &, double);
} // namespace lowland
