#include "tasks/relaxation.h"

#include "discretization/l1_bound.h"
#include "input/errors.h"
#include "tasks/solver_choice.h"

#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace lowland
{
namespace
{
/// Where refinement stops whatever the goal: what a laptop factorizes in about a minute.
constexpr std::size_t most_unknowns_of_modes[] = {0, 200000, 300000, 150000};
/// The shift of shift-and-invert, relative to the largest curvature of the lowest minimum: close to zero
/// beside the rates of a well, and never zero, where the matrix is singular.
constexpr double relative_shift = -1e-3;

/// Of the tolerance of a density the errors of its cells may be this part: they are estimated.
constexpr double cell_share = 0.7;

/// So many meshes, none of which leaves less than this part of the largest change of an eigenvalue, show that finer ones
/// will not do so either; below so many unknowns another one costs little.
constexpr unsigned int most_without_progress = 2;
constexpr double least_progress = 0.5;
constexpr std::size_t few_unknowns = 10000;

/// An error of the gap that leaves no doubt that there is one, relative.
constexpr double worst_error_of_gap = 0.1;

double shift_of(const std::vector<Minimum> &minima, unsigned int dimension)
{
  const double largest = std::abs(minima.front().curvatures[dimension - 1]);
  return relative_shift * (largest > 0 ? largest : 1.0);
}

/// u of the mode, with mass 1.
template <int dim>
PETScVector density_of(const FokkerPlanckForm<dim> &form, const RelaxationMode &mode)
{
  PETScVector v(*mode.real);
  v /= v * form.mass_functional();
  return form.to_ratio(v);
}
} // namespace

template <int dim>
Relaxation<dim>::Relaxation(Problem<dim> &problem, const Goal &goal)
    : problem_(problem), goal_(goal)
{
  find_modes();
  while (!(accurate() && confirmed()))
  {
    const std::vector<CellName> cells = active_cells(problem_.mesh);
    if (!refine())
      break;
    if (!find_better_modes())
    {
      problem_.go_back_to(cells);
      solve();
      if (changes_.empty() && std::isfinite(goal_.eigenvalue_error))
        compare_with_degree(problem_.space->degree() - 1);
      break;
    }
  }
}

template <int dim>
void Relaxation<dim>::find_modes()
{
  const auto before = std::move(modes_.modes);
  problem_.log.working(std::to_string(goal_.number) + " modes on " +
                       std::to_string(problem_.mesh.n_cells()) + " cells");
  solve();
  compare(before);
  problem_.log.entry("modes", problem_.mesh_in_words() + ", gap " + format(gap(), 8));
}

/// Whether a finer mesh has an answer, where the one before had. changes_ stay those of the one that has.
template <int dim>
bool Relaxation<dim>::find_better_modes()
{
  const auto changes = changes_;
  const bool had_gap = modes().size() > 1 && gap_error() < worst_error_of_gap * gap();
  std::string reason = "Round-off hides the gap on a finer mesh.";
  try
  {
    if (dim == 3 && !problem_.space->is_discontinuous() &&
        problem_.space->n_unknowns() > most_unknowns_factorized) // which no iteration solves for
      throw SolverError("A finer mesh has too many unknowns to be factorized.");
    find_modes();
    if (!had_gap || !std::isnan(gap()))
      return true;
  }
  catch (const SolverError &error)
  {
    reason = error.what();
    if (changes.empty() && std::isfinite(goal_.eigenvalue_error) && problem_.space->degree() == 1)
      throw SolverError(reason +
                        " One mesh alone does not tell how accurate modes are: try a "
                        "domain tighter around the minima, or a larger Spectrum/Tolerance.");
  }
  problem_.log.warn(reason + " The answer is that of the mesh before.");
  changes_ = changes;
  return false;
}

template <int dim>
RelaxationModes Relaxation<dim>::modes_of(const FokkerPlanckForm<dim> &form) const
{
  return relaxation_modes(form, goal_.number, shift_of(problem_.minima, dim),
                          problem_.is_symmetric(),
                          solver_settings(*problem_.space, most_unknowns_factorized));
}

template <int dim>
void Relaxation<dim>::solve()
{
  form_ = std::make_unique<FokkerPlanckForm<dim>>(*problem_.space, problem_.model);
  modes_ = modes_of(*form_);
  degree_changes_.clear();
  density_change_ = 0;
  drop_missing();
  put_density_first(*form_, modes_.modes);
  cell_errors_ = total(problem_.mesh, problem_.errors_of({ratio(0)}));
}

/// Modes that the last mesh had no more of than the one before will not come on finer ones.
template <int dim>
void Relaxation<dim>::drop_missing()
{
  const unsigned int found = modes().size();
  const bool more_than_before = found > std::exchange(found_, found);
  if (found >= goal_.number || more_than_before)
    return;
  smallest_change_ = std::numeric_limits<double>::infinity(); // the others had the largest
  problem_.log.warn("only " + std::to_string(found) + " of " + std::to_string(goal_.number) +
                    " modes have converged on " + std::to_string(problem_.mesh.n_cells()) +
                    " cells, and the others are left out: " +
                    (problem_.model.equilibrium
                         ? "try a domain tighter around the minima, or `--petsc \"-eps_ncv 60 "
                           "-eps_max_it 1000\"`"
                         : "far from detailed balance eigenvalues may hang on round-off"));
  goal_.number = found;
}

/// Among modes that are not told from zero, an invariant density is the one of most mass for its L1 norm.
template <int dim>
void Relaxation<dim>::put_density_first(const FokkerPlanckForm<dim> &form,
                                        std::vector<RelaxationMode> &all) const
{
  std::size_t best = 0;
  double most = -1;
  const double limit = std::max(resolution(), all.front().eigenvalue.real());
  for (std::size_t n = 0; n < all.size() && all[n].eigenvalue.real() <= limit; ++n)
  {
    const double share = std::abs(*all[n].real * form.mass_functional()) /
                         l1_bound(form.l1_functional(), *all[n].real);
    if (share > most)
    {
      most = share;
      best = n;
    }
  }
  std::swap(all[0], all[best]);
}

template <int dim>
void Relaxation<dim>::compare(const std::vector<RelaxationMode> &before)
{
  changes_.clear();
  for (std::size_t n = 0; n < std::min(before.size(), modes().size()); ++n)
    changes_.push_back(std::abs(modes()[n].eigenvalue - before[n].eigenvalue));
}

template <int dim>
void Relaxation<dim>::compare_with_higher_degree()
{
  if (dim < 3 && degree_changes_.empty())
    compare_with_degree(problem_.space->degree() + 1);
}

template <int dim>
void Relaxation<dim>::compare_with_degree(unsigned int degree)
{
  DensitySpace<dim> space(problem_.mesh, problem_.space->element(), degree);
  space.distribute();
  try
  {
    const FokkerPlanckForm<dim> form(space, problem_.model);
    std::vector<RelaxationMode> others = modes_of(form).modes;
    put_density_first(form, others);
    for (std::size_t n = 0; n < std::min(modes().size(), others.size()); ++n)
      degree_changes_.push_back(std::abs(modes()[n].eigenvalue - others[n].eigenvalue));
    if (!std::isnan(gap()))
      density_change_ = l1_distance(*problem_.space, ratio(0), space,
                                    density_of(form, others.front()), problem_.model);
  }
  catch (const SolverError &) // what was asked for is there
  {
  }
}

template <int dim>
double Relaxation<dim>::density_error() const
{
  return std::max(cell_errors_, density_change_);
}

/// The estimated error of the density in multiples of what is allowed.
template <int dim>
double Relaxation<dim>::density_excess() const
{
  return std::max(cell_errors_ / cell_share, density_change_) / goal_.density_error;
}

template <int dim>
bool Relaxation<dim>::accurate() const
{
  if (density_excess() > 1 || modes().size() < goal_.number)
    return false;
  return std::isinf(goal_.eigenvalue_error) || (!changes_.empty() && are_small(changes_));
}

/// Looks at the higher degree last, because it costs more than the mesh itself.
template <int dim>
bool Relaxation<dim>::confirmed()
{
  if (!goal_.by_higher_degree)
    return true;
  compare_with_higher_degree();
  return density_excess() <= 1 && are_small(degree_changes_);
}

template <int dim>
bool Relaxation<dim>::are_small(const std::vector<double> &changes) const
{
  for (std::size_t n = 0; n < changes.size(); ++n)
    if (is_resolved(n) && // no mesh brings out the others
        changes[n] >
            std::max(goal_.eigenvalue_error * std::abs(modes()[n].eigenvalue), error_of_solver(n)))
      return false;
  return true;
}

/// Whether the last meshes brought the eigenvalues no closer to what was asked for: then no finer one will.
template <int dim>
bool Relaxation<dim>::stagnates()
{
  if (std::isinf(goal_.eigenvalue_error) || changes_.empty())
    return false;
  double largest = 0;
  for (std::size_t n = 0; n < changes_.size(); ++n)
    if (is_resolved(n))
      largest = std::max(largest, changes_[n] / std::abs(modes()[n].eigenvalue));
  if (largest < least_progress * smallest_change_)
  {
    smallest_change_ = largest;
    meshes_without_progress_ = 0;
  }
  else
    ++meshes_without_progress_;
  return meshes_without_progress_ >= most_without_progress &&
         problem_.space->n_unknowns() > few_unknowns;
}

template <int dim>
bool Relaxation<dim>::refine()
{
  std::vector<PETScVector> us;
  for (std::size_t n = 0; n < modes().size(); ++n)
    us.push_back(ratio(n));
  const CellErrors errors = problem_.errors_of(us);
  const double density_target = density_excess() > 1 ? 0.5 * cell_errors_ / density_excess() : 0;
  if (stagnates() || problem_.space->n_unknowns() > most_unknowns_of_modes[dim] ||
      !problem_.refine(errors, std::max(0.1 * total(problem_.mesh, errors), density_target)))
  {
    problem_.warn_of_coarse_mesh();
    return false;
  }
  return true;
}

template <int dim>
PETScVector Relaxation<dim>::ratio(std::size_t n) const
{
  const RelaxationMode &mode = modes()[n];
  if (n == 0)
    return density_of(*form_, mode);
  PETScVector v(mode.eigenvalue.imag() < 0 ? *mode.imaginary : *mode.real);
  v /= l1_bound(form_->l1_functional(), v);
  return form_->to_ratio(v);
}

template <int dim>
double Relaxation<dim>::noise() const
{
  return problem_.absorbs() ? modes_.round_off : std::abs(modes().front().eigenvalue);
}

template <int dim>
double Relaxation<dim>::round_off() const
{
  return std::max(modes_.round_off, noise());
}

template <int dim>
double Relaxation<dim>::resolution() const
{
  return 100 * round_off();
}

template <int dim>
bool Relaxation<dim>::is_resolved(std::size_t n) const
{
  return std::abs(modes()[n].eigenvalue) > resolution();
}

/// What the eigensolver and round-off leave of an error on any mesh: exactly the residual where the modes are orthogonal.
template <int dim>
double Relaxation<dim>::error_of_solver(std::size_t n) const
{
  return std::max(modes()[n].residual, 10 * noise());
}

template <int dim>
double Relaxation<dim>::gap() const
{
  const double first = problem_.absorbs() ? modes().front().eigenvalue.real() : 0;
  const double lowest = modes().size() > 1 ? modes()[1].eigenvalue.real() - first : 0;
  return lowest > resolution() ? lowest : std::numeric_limits<double>::quiet_NaN();
}

template <int dim>
double Relaxation<dim>::eigenvalue_error(std::size_t n) const
{
  double error = std::numeric_limits<double>::quiet_NaN();
  for (const std::vector<double> *found : {&changes_, &degree_changes_})
    if (n < found->size())
      error = std::fmax(error, (*found)[n]);
  return std::isnan(error) ? error : std::max(error, error_of_solver(n));
}

template <int dim>
double Relaxation<dim>::gap_error() const
{
  return eigenvalue_error(1) + (problem_.absorbs() ? eigenvalue_error(0) : 0);
}

template <int dim>
void Relaxation<dim>::warn_of_absorption() const
{
  if (problem_.absorbs() && !(modes().front().eigenvalue.real() > resolution()))
    problem_.log.warn(
        "the rate of absorption is below " + format(resolution(), 2) +
        ", which floating point does not tell from zero here. Mean exit times: lowland escape");
}

template <int dim>
double Relaxation<dim>::basin_weight_error() const
{
  const bool from_rates = problem_.model.weight.is_one() && changes_.size() > 1;
  return (round_off() + (from_rates ? eigenvalue_error(1) / 2 : 0)) / gap();
}

template <int dim>
Relaxation<dim> relax_to_invariant_density(Problem<dim> &problem)
{
  problem.take_elements_of_invariant_density();
  const double rates = problem.absorbs()               ? problem.tolerance
                       : problem.model.weight.is_one() ? 2 * problem.tolerance
                                                       : std::numeric_limits<double>::infinity();
  return Relaxation<dim>(problem, {2, problem.tolerance, rates});
}

#define INSTANTIATE(dim)                                                                           \
  template class Relaxation<dim>;                                                                  \
  template Relaxation<dim> relax_to_invariant_density(Problem<dim> &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
