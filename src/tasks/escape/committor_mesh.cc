#include "tasks/escape/committor_mesh.h"

#include "discretization/passages/committor_error.h"
#include "input/errors.h"
#include "tasks/escape/escape_mesh.h"
#include "tasks/escape/pinned_wells.h"

#include <deal.II/grid/tria.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
/// Beyond this many unknowns the mesh is refined no further, by dimension.
constexpr std::size_t most_unknowns_of_committors[] = {0, 1000000, 250000, 300000};

template <int dim>
class CommittorMesh
{
public:
  CommittorMesh(Problem<dim> &problem, const EscapePlan &plan, const std::vector<Saddle> &saddles)
      : problem_(problem), plan_(plan), saddles_(saddles)
  {
  }

  /// Cells no larger than wells and passes, then no larger than V's changes allow; between wells and passes
  /// harmonic functions are flat, so that V may change more than where a density is to be found.
  void resolve_landscape()
  {
    std::vector<Coordinates> points = points_of(plan_.wells);
    std::vector<double> sizes;
    for (const Well &well : plan_.wells)
      sizes.push_back(cell_size_in(well));
    for (const Saddle &saddle : saddles_)
    {
      points.push_back(saddle.point);
      const double t = well_at(problem_.model, saddle.point, 1).temperature;
      sizes.push_back(std::sqrt(t / std::max(std::abs(saddle.loss.curvatures[0]),
                                             std::abs(saddle.loss.curvatures[dim - 1]))));
    }
    if (!problem_.adaptive)
      return;
    // At a wall that absorbs they fall like exp(V), however.
    problem_.limits.log_weight_range *= problem_.absorbs() ? 0.5 : 2;
    problem_.mesh.refine_around(points, sizes, problem_.limits.deepest_level);
    problem_.mesh.move_vertices_to(ends_of_wells());
    while (refine(CellErrors(problem_.mesh.triangulation().n_active_cells(), 0.0),
                  problem_.tolerance) > 0)
      ;
  }

  void resolve_committors()
  {
    for (;;)
    {
      problem_.space->distribute();
      problem_.log.working("committors on " + std::to_string(problem_.mesh.n_cells()) + " cells");
      PinnedWells<dim> pinned(*problem_.space, problem_, plan_);
      const CellErrors errors = find_errors(pinned.all());
      const double mesh_error = total(problem_.mesh, errors);
      const double target = 0.5 * problem_.tolerance;
      if (!problem_.adaptive || mesh_error <= target)
        break;
      if (problem_.space->n_unknowns() > most_unknowns_of_committors[dim])
      {
        const auto [least, largest] = std::minmax_element(errors_.begin(), errors_.end());
        const std::string off = "off by up to an estimated " + format(100 * *largest, 2) + " %";
        if (!(*least < 1))
          throw SolverError("The rates would be " + off +
                            " on the largest mesh. Raise the learning rate or the intensity, or "
                            "choose a domain that is tighter around the minima and their passes.");
        problem_.log.warn("the rates are " + off +
                          ": the mesh has reached its largest size. Raise the tolerance.");
        break;
      }
      if (refine(errors, target) == 0)
        break;
    }
    problem_.log.entry("mesh", problem_.mesh_in_words());
  }

  const std::vector<double> &errors() const { return errors_; }

private:
  /// On a line: points, and of balls the rims and where they are pinned that are left free.
  std::vector<Coordinates> ends_of_wells() const
  {
    std::vector<Coordinates> ends = points_of(plan_.wells);
    for (const Well &well : plan_.wells)
      if (well.is_ball())
        ends.insert(ends.end(), {{{well.smallest_radius(), 0, 0}}, well.anchor});
    return ends;
  }

  /// On the present mesh, cell by cell and, in errors_, of each rate. The gap and capacities move by at most 1/capacity
  /// times a change of any conductance. A mean time may hang on a conductance that is far smaller: on that to a deep
  /// well from which the way back takes much longer.
  CellErrors find_errors(const HarmonicFunctions<dim> &functions)
  {
    const WellChain chain = functions.chain();
    const std::size_t n = chain.size();
    WellChain::Matrix weights(n, std::vector<double>(n, 0.0));
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j)
        weights[i][j] = 1 / chain.capacity(i, j);
    CommittorErrors errors =
        committor_errors(*problem_.space, problem_.model, plan_.wells, functions, weights);
    errors_.assign(plan_.questions.size(), errors.masses);
    bool hangs_on_more = false;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j)
      {
        const double error = errors.conductances[i][j] + functions.doubt(i, j);
        if (!(error > 0))
          continue;
        const WellChain stronger = chain.strengthened(i, j, error);
        for (std::size_t k = 0; k < plan_.questions.size(); ++k)
        {
          const double change = relative_change(plan_.questions[k], chain, stronger);
          errors_[k] += change;
          hangs_on_more = hangs_on_more || change > 2 * error * weights[i][j];
          weights[i][j] = std::max(weights[i][j], change / error);
        }
      }
    return hangs_on_more
               ? committor_errors(*problem_.space, problem_.model, plan_.wells, functions, weights)
                     .cells
               : std::move(errors.cells);
  }

  static double relative_change(const EscapeQuestion &question, const WellChain &chain,
                                const WellChain &stronger)
  {
    const double rate = chain.rate(question.from, question.to),
                 other = stronger.rate(question.from, question.to);
    const double change = std::max(other / rate, rate / other) - 1;
    return change < 1e30 ? change : 1e30; // where a rate is 0, too
  }

  /// Refines where the errors or the changes of V are too large; returns the number of cells refined.
  std::size_t refine(const CellErrors &errors, double target)
  {
    WeightErrors weight = weight_errors(*problem_.space, problem_.model);
    std::fill(weight.quadrature.begin(), weight.quadrature.end(), 0.0); // the errors have it
    return refine_cells(*problem_.space, problem_.mesh, errors, weight, target, problem_.limits);
  }

  Problem<dim> &problem_;
  const EscapePlan &plan_;
  const std::vector<Saddle> &saddles_;
  std::vector<double> errors_; ///< of each rate
};
} // namespace

template <int dim>
std::vector<double> resolve_committors(Problem<dim> &problem, const EscapePlan &plan,
                                       const std::vector<Saddle> &saddles)
{
  CommittorMesh<dim> mesh(problem, plan, saddles);
  mesh.resolve_landscape();
  mesh.resolve_committors();
  return mesh.errors();
}

#define INSTANTIATE(dim)                                                                           \
  template std::vector<double> resolve_committors(Problem<dim> &, const EscapePlan &,              \
                                                  const std::vector<Saddle> &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
