#include "tasks/reversible_escape.h"

#include "discretization/committor_error.h"
#include "discretization/integrals.h"
#include "model/rate_formulas.h"
#include "output/nodal_field.h"
#include "output/reactive_fields.h"
#include "output/run_folder.h"
#include "tasks/conclusion.h"
#include "tasks/escape_report.h"
#include "tasks/highest_pass.h"
#include "tasks/pinned_wells.h"
#include "tasks/requirements.h"
#include "tasks/summary.h"

#include <deal.II/base/mpi.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
namespace
{
/// Beyond this many unknowns the mesh is refined no further, by dimension.
constexpr std::size_t most_unknowns_of_committors[] = {0, 1000000, 250000, 300000};

/// One run. The members stand in the order in which they become known.
template <int dim>
class ReversibleEscape
{
public:
  ReversibleEscape(const Parameters &parameters, const RunOptions &options)
      : parameters_(parameters), log_(MPI_COMM_WORLD, options.quiet),
        folder_(options.output, options.overwrite, parameters, MPI_COMM_WORLD),
        problem_(parameters, parameters.number("Escape", "Tolerance"), InitialDensity::invariant(),
                 MPI_COMM_WORLD, log_),
        plan_(read_escape_plan(parameters, problem_.model, problem_.mesh.search_region(),
                               problem_.minima, problem_.absorbs())),
        saddles_(find_saddles(problem_.model.landscape, problem_.mesh.search_region(),
                              points_of(problem_.minima))),
        highest_pass_(highest_pass(problem_, plan_, saddles_))
  {
    require_constant_learning_rate(problem_);
    for (const EscapeQuestion &question : plan_.questions)
      require_start_off_exit(problem_, plan_.wells[question.from].point);
    folder_.create(log_);
  }

  void run()
  {
    choose_weight_and_space();
    resolve_landscape();
    resolve_committors();
    PinnedWells<dim> wells(*problem_.space, problem_, plan_);
    for (const EscapeQuestion &question : plan_.questions)
    {
      log_.working("rate of " + plan_.name(question));
      rates_.push_back(wells.answer(question));
      if (question.to_exit)
        rates_.back().parts = wells.parts(question);
    }
    chain_gap_ = wells.chain_gap();
    check_solves(wells.asymmetry());
    add_asymptotic_rates();
    estimate_errors();
    forget_unresolved();
    write_fields(wells);
    report();
  }

private:
  void choose_weight_and_space()
  {
    problem_.model.weight = weight_below_pass(problem_, highest_pass_);
    problem_.space = std::make_unique<DensitySpace<dim>>(
        problem_.mesh, DensitySpace<dim>::Element::continuous, problem_.space->degree(), false);
    log_.line("Escape");
    log_.entry("weight", "pi/max(pi) + " + format(problem_.model.weight.floor(), 2) +
                             " (e^-40 of pi at the highest pass)");
    log_.entry("elements", "continuous, degree " + std::to_string(problem_.space->degree()));
  }

  /// Cells no larger than wells and passes, then no larger than V's changes allow; between wells and passes
  /// harmonic functions are flat, so that V may change more than where a density is to be found.
  void resolve_landscape()
  {
    std::vector<Coordinates> points = points_of(plan_.wells);
    std::vector<double> sizes;
    for (const Well &well : plan_.wells)
      sizes.push_back(0.5 * std::sqrt(well.temperature / std::abs(well.loss.curvatures[dim - 1])));
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
    while (refine(CellErrors(n_active_cells(), 0.0), problem_.tolerance) > 0)
      ;
  }

  /// On a line: points, and of balls the rims and where they are pinned that are left free.
  std::vector<Coordinates> ends_of_wells() const
  {
    std::vector<Coordinates> ends = points_of(plan_.wells);
    for (const Well &well : plan_.wells)
      if (well.is_ball())
        ends.insert(ends.end(), {{{well.smallest_radius(), 0, 0}}, well.anchor});
    return ends;
  }

  void resolve_committors()
  {
    for (;;)
    {
      problem_.space->distribute();
      log_.working("committors on " + std::to_string(problem_.mesh.n_cells()) + " cells");
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
        log_.warn("the rates are " + off +
                  ": the mesh has reached its largest size. Raise the tolerance.");
        break;
      }
      if (refine(errors, target) == 0)
        break;
    }
    log_.entry("mesh", problem_.mesh_in_words());
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

  std::size_t n_active_cells() const { return problem_.mesh.triangulation().n_active_cells(); }

  /// Refines where the errors or the changes of V are too large; returns the number of cells refined.
  std::size_t refine(const CellErrors &errors, double target)
  {
    WeightErrors weight = weight_errors(*problem_.space, problem_.model);
    std::fill(weight.quadrature.begin(), weight.quadrature.end(), 0.0); // the errors have it
    return refine_cells(*problem_.space, problem_.mesh, errors, weight, target, problem_.limits);
  }

  void check_solves(double asymmetry)
  {
    solver_error_ = asymmetry;
    if (!(asymmetry < 0.01))
      throw SolverError(
          "The rates are not resolved: what flows from a well to another differs by " +
          format(100 * asymmetry, 2) + " % from what flows back. " +
          (problem_.model.radial_dimension() > 1
               ? "The set around a minimum at r = 0 of many parameters is hardly ever hit: raise "
                 "Escape/Radius. "
               : "") +
          "A minimum may have been missed: every well must be known. In 3D a direct solve may "
          "help: --petsc \"-committor_ksp_type "
          "preonly -committor_pc_type lu -committor_pc_factor_mat_solver_type mumps\".");
  }

  /// The formulas are for the minima; points of the user have none.
  void add_asymptotic_rates()
  {
    std::vector<Well> minima;
    for (const Minimum &minimum : problem_.minima)
      minima.push_back(well_at(problem_.model, minimum.point, 1));
    const auto chain = asymptotic_chain(problem_.model, minima, saddles_);
    for (std::size_t k = 0; chain && k < rates_.size(); ++k)
    {
      const EscapeQuestion &question = plan_.questions[k];
      if (question.to_exit)
        continue;
      std::vector<std::size_t> to;
      for (const std::size_t b : question.to)
        to.push_back(plan_.numbers[b] - 1);
      to.push_back(plan_.numbers[question.from] - 1);
      if (*std::max_element(to.begin(), to.end()) >= minima.size())
        continue;
      to.pop_back();
      rates_[k].asymptotic_rate = chain->rate(plan_.numbers[question.from] - 1, to);
    }
  }

  /// The difference to elements of one degree less on the same mesh, whose nodes also follow the rims
  /// of the sets differently; at least what the cells' indicators add up to.
  void estimate_errors()
  {
    for (std::size_t k = 0; k < rates_.size(); ++k)
      rates_[k].error = errors_[k];
    if (problem_.space->degree() == 1)
      return;
    DensitySpace<dim> lower(problem_.mesh, DensitySpace<dim>::Element::continuous,
                            problem_.space->degree() - 1, false);
    lower.distribute();
    PinnedWells<dim> wells(lower, problem_, plan_);
    for (std::size_t k = 0; k < rates_.size(); ++k)
    {
      const double difference = relative_difference(rates_[k], wells.answer(plan_.questions[k]));
      rates_[k].error = std::max(errors_[k], difference);
    }
  }

  /// Those of which not even the size is sure.
  void forget_unresolved()
  {
    for (std::size_t k = 0; k < rates_.size(); ++k)
    {
      if (rates_[k].error <= worst_error_of_rate)
        continue;
      log_.warn("the rate " + plan_.name(plan_.questions[k]) + " would be off by an estimated " +
                format(100 * rates_[k].error, 2) +
                " % and is left out: it hangs on passages between wells that are far rarer than "
                "others; lower the tolerance, or raise the learning rate or the intensity");
      const std::vector<double> no_parts(rates_[k].parts.size(),
                                         std::numeric_limits<double>::quiet_NaN());
      rates_[k] = {};
      rates_[k].parts = no_parts;
    }
  }

  /// In detailed balance the paths back are the same: one file for both ways.
  void write_fields(PinnedWells<dim> &wells)
  {
    if (parameters_.texts("Output", "Fields").empty())
      return;
    for (const EscapeQuestion &question : plan_.questions)
    {
      const std::size_t a = question.from;
      const bool is_second = std::any_of(
          plan_.questions.begin(), plan_.questions.end(), [&](const EscapeQuestion &other) {
            return !question.all_others && !other.all_others && other.from < a &&
                   other.from == question.to.front() && other.to.front() == a;
          });
      if (is_second)
        continue;
      const HarmonicFunctions<dim> &functions = wells.of(question);
      WellChain chain = functions.chain();
      std::vector<std::size_t> kept = question.to;
      kept.push_back(a);
      chain.keep_only(kept);
      std::vector<double> committor(functions.size(), 0.0);
      for (const std::size_t b : question.to)
        for (std::size_t k = 0; k < committor.size(); ++k)
          committor[k] += chain.composition(b)[k];
      write_reactive_fields(
          *problem_.space, problem_.model, functions, committor,
          invariant_normalisation(*problem_.space, problem_.model), problem_.tolerance,
          folder_.file("fields/escape_" + plan_.name(a) + "_" + plan_.target(question) + ".vtu"));
    }
    if (problem_.absorbs())
      write_nodal_field(*problem_.space, problem_.model, wells.exit_time(), "mean_exit_time",
                        problem_.tolerance, folder_.file("fields/exit_time.vtu"));
  }

  std::string formula_name() const
  {
    return parameters_.text("Noise", "Kind") == "loss-scaled" ? "power law in the ratio of losses"
                                                              : "Eyring-Kramers";
  }

  void report()
  {
    const EscapeReport report(plan_, rates_, problem_.domain.walls.parts(), formula_name());
    nlohmann::json summary = common_summary("escape", problem_, wall_start_);
    report.add_to(summary);
    report.add_to(folder_);
    add_saddles(summary);
    summary["solver_error"] = solver_error_;
    if (!std::isnan(chain_gap_))
    {
      summary["chain_gap"] = chain_gap_;
      log_.entry("gap of the chain",
                 format(chain_gap_, 8) +
                     " (the spectral gap if that is far below the rates within wells)");
    }
    summary["warnings"] = log_.warnings();
    folder_.write_summary(summary);

    report.print_wells(log_);
    for (const Saddle &saddle : saddles_)
      log_.entry("pass " + std::to_string(saddle.from + 1) + " - " + std::to_string(saddle.to + 1),
                 point_in_words(saddle.point, dim, 6) + ", f = " + format(saddle.loss.loss, 6));
    report.print_table(log_);
    print_slowest();
    log_.line("Written to " + folder_.path());
  }

  void add_saddles(nlohmann::json &summary) const
  {
    summary["saddles"] = nlohmann::json::array();
    for (const Saddle &saddle : saddles_)
      summary["saddles"].push_back(
          {{"point", std::vector<double>(saddle.point.begin(), saddle.point.begin() + dim)},
           {"loss", saddle.loss.loss},
           {"curvatures", std::vector<double>(saddle.loss.curvatures.begin(),
                                              saddle.loss.curvatures.begin() + dim)},
           {"between", {saddle.from + 1, saddle.to + 1}}});
  }

  /// The longest time in words, of those that are known.
  void print_slowest()
  {
    const auto slowest = std::max_element(
        rates_.begin(), rates_.end(), [](const EscapeRate &a, const EscapeRate &b) {
          return std::isnan(a.mfpt) ? !std::isnan(b.mfpt) : a.mfpt < b.mfpt;
        });
    if (std::isnan(slowest->mfpt))
      return;
    const EscapeQuestion &question = plan_.questions[slowest - rates_.begin()];
    const auto place = [&](std::size_t well) {
      return (plan_.numbers[well] <= plan_.n_minima ? "the minimum at " : "the point ") +
             point_in_words(plan_.wells[well].point, dim);
    };
    log_.line(escape_in_words(place(question.from),
                              question.to_exit      ? "the walls that absorb"
                              : question.all_others ? "any other"
                                                    : place(question.to.front()),
                              slowest->mfpt, parameters_.number("Noise", "Learning rate")));
  }

  const double wall_start_ = MPI_Wtime();
  const Parameters &parameters_;
  Log log_;
  RunFolder folder_;
  Problem<dim> problem_;
  EscapePlan plan_;
  std::vector<Saddle> saddles_;
  double highest_pass_; ///< V - V_min there
  std::vector<EscapeRate> rates_;
  std::vector<double> errors_; ///< of each rate, by the cells' indicators and the linear solves
  double chain_gap_ = std::numeric_limits<double>::quiet_NaN(); ///< NaN where walls absorb
  double solver_error_ = 0; ///< by how much the linear solves miss the symmetry of the conductances
};
} // namespace

template <int dim>
void reversible_escape(const Parameters &parameters, const RunOptions &options)
{
  ReversibleEscape<dim>(parameters, options).run();
}

template void reversible_escape<1>(const Parameters &, const RunOptions &);
template void reversible_escape<2>(const Parameters &, const RunOptions &);
template void reversible_escape<3>(const Parameters &, const RunOptions &);
} // namespace lowland
