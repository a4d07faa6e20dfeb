#include "tasks/relaxation/relaxation.h"

#include "discretization/space/cell_records.h"
#include "input/errors.h"
#include "tasks/problem/solver_choice.h"

#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace lowland
{
namespace
{
/// Where refinement stops whatever the goal: what a laptop factorizes in about a minute.
constexpr std::size_t most_unknowns_of_modes[] = {0, 200000, 300000, 150000};

/// So many meshes, none of which leaves less than this part of the largest change of an eigenvalue, show that finer ones
/// will not do so either; below so many unknowns another one costs little.
constexpr unsigned int most_without_progress = 2;
constexpr double least_progress = 0.5;
constexpr std::size_t few_unknowns_of_modes = 10000;

/// An error of the gap that leaves no doubt that there is one, relative.
constexpr double undoubted_error_of_gap = 0.1;

/// One refinement towards a goal.
template <int dim>
class Relaxation
{
public:
  Relaxation(Problem<dim> &problem, const RelaxationGoal &goal) : problem_(problem), goal_(goal) {}

  SpectrumEstimate<dim> run()
  {
    find_modes();
    while (!(accurate() && confirmed()))
    {
      const std::vector<CellName> cells = active_cells(problem_.mesh);
      if (!refine())
      {
        compare_last();
        break;
      }
      if (!find_better_modes())
      {
        go_back_to(cells);
        break;
      }
    }
    return std::move(*estimate_);
  }

private:
  using Eigenvalues = std::vector<std::complex<double>>;

  void solve()
  {
    estimate_.reset(); // its matrices
    estimate_.emplace(problem_, goal_.number);
    drop_missing();
  }

  void find_modes()
  {
    Eigenvalues before = estimate_ ? estimate_->eigenvalues() : Eigenvalues();
    problem_.log.working(std::to_string(goal_.number) + " modes on " +
                         std::to_string(problem_.mesh.n_cells()) + " cells");
    solve();
    estimate_->compare_with(before);
    problem_.log.entry("modes", problem_.mesh_in_words() + ", gap " + format(estimate_->gap(), 8));
    before_.swap(before);
  }

  /// Whether a finer mesh has an answer, where the one before had.
  bool find_better_modes()
  {
    const Eigenvalues before = before_;
    const bool had_gap = estimate_->modes().size() > 1 &&
                         estimate_->gap_error() < undoubted_error_of_gap * estimate_->gap();
    std::string reason = "Round-off hides the gap on a finer mesh.";
    try
    {
      if (dim == 3 && !problem_.space->is_discontinuous() &&
          problem_.space->n_unknowns() > most_unknowns_factorized) // which no iteration solves for
        throw SolverError("A finer mesh has too many unknowns to be factorized.");
      find_modes();
      if (!had_gap || !std::isnan(estimate_->gap()))
        return true;
    }
    catch (const SolverError &error)
    {
      reason = error.what();
      if (before.empty() && wants_eigenvalues() && problem_.space->degree() == 1)
        throw SolverError(reason +
                          " One mesh alone does not tell how accurate modes are: try a "
                          "domain tighter around the minima, or a larger Spectrum/Tolerance.");
    }
    problem_.log.warn(reason + " The answer is that of the mesh before.");
    before_ = before;
    return false;
  }

  void go_back_to(const std::vector<CellName> &cells)
  {
    problem_.go_back_to(cells);
    solve();
    estimate_->compare_with(before_);
    if (before_.empty() && wants_eigenvalues())
      estimate_->compare_with_degree(problem_.space->degree() - 1);
  }

  bool wants_eigenvalues() const { return std::isfinite(goal_.eigenvalue_error); }

  /// Modes that the last mesh had no more of than the one before will not come on finer ones.
  void drop_missing()
  {
    const unsigned int found = estimate_->modes().size();
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

  bool accurate() const
  {
    if (density_excess() > 1 || estimate_->modes().size() < goal_.number)
      return false;
    return !wants_eigenvalues() ||
           (estimate_->has_changes() && estimate_->agrees_with_mesh(goal_.eigenvalue_error));
  }

  /// Looks at the higher degree last, because it costs more than the mesh itself.
  bool confirmed()
  {
    if (!goal_.by_higher_degree)
      return true;
    estimate_->compare_with_higher_degree();
    return density_excess() <= 1 && estimate_->agrees_with_degree(goal_.eigenvalue_error);
  }

  /// Where refinement ends before the goal, what the last meshes changed does not tell how far off they are.
  void compare_last()
  {
    if (goal_.by_higher_degree && problem_.space->n_unknowns() <= most_unknowns_of_modes[dim])
      estimate_->compare_with_higher_degree();
  }

  double density_excess() const { return estimate_->density_excess(goal_.density_error); }

  /// Whether the last meshes brought the eigenvalues no closer to what was asked for: then no finer one will.
  bool stagnates()
  {
    if (!wants_eigenvalues() || !estimate_->has_changes())
      return false;
    const double largest = estimate_->largest_change();
    if (largest < least_progress * smallest_change_)
    {
      smallest_change_ = largest;
      meshes_without_progress_ = 0;
    }
    else
      ++meshes_without_progress_;
    return meshes_without_progress_ >= most_without_progress &&
           problem_.space->n_unknowns() > few_unknowns_of_modes;
  }

  bool refine()
  {
    std::vector<PETScVector> us;
    for (std::size_t n = 0; n < estimate_->modes().size(); ++n)
      us.push_back(estimate_->ratio(n));
    const CellErrors errors = problem_.errors_of(us);
    const double density_target =
        density_excess() > 1 ? 0.5 * estimate_->cell_errors() / density_excess() : 0;
    if (stagnates() || problem_.space->n_unknowns() > most_unknowns_of_modes[dim] ||
        !problem_.refine(errors, std::max(0.1 * total(problem_.mesh, errors), density_target)))
    {
      problem_.warn_of_coarse_mesh();
      return false;
    }
    return true;
  }

  Problem<dim> &problem_;
  RelaxationGoal goal_;
  std::optional<SpectrumEstimate<dim>> estimate_; ///< on the present mesh
  Eigenvalues before_;                            ///< on the mesh before that
  double smallest_change_ = std::numeric_limits<
      double>::infinity(); ///< on all meshes, relative, of the eigenvalue that changed most
  unsigned int meshes_without_progress_ = 0;
  unsigned int found_ = 0; ///< modes on the last mesh
};
} // namespace

template <int dim>
SpectrumEstimate<dim> relax(Problem<dim> &problem, const RelaxationGoal &goal)
{
  return Relaxation<dim>(problem, goal).run();
}

template <int dim>
SpectrumEstimate<dim> relax_to_invariant_density(Problem<dim> &problem)
{
  problem.take_elements_of_invariant_density();
  const double rates = problem.absorbs()               ? problem.tolerance
                       : problem.model.weight.is_one() ? 2 * problem.tolerance
                                                       : std::numeric_limits<double>::infinity();
  return relax(problem, {2, problem.tolerance, rates});
}

#define INSTANTIATE(dim)                                                                           \
  template SpectrumEstimate<dim> relax(Problem<dim> &, const RelaxationGoal &);                    \
  template SpectrumEstimate<dim> relax_to_invariant_density(Problem<dim> &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
