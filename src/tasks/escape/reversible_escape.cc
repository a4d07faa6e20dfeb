#include "tasks/escape/reversible_escape.h"

#include "discretization/form/integrals.h"
#include "input/errors.h"
#include "model/escape/rate_formulas.h"
#include "output/reactive_fields.h"
#include "output/run_folder.h"
#include "tasks/conclusion.h"
#include "tasks/escape/committor_mesh.h"
#include "tasks/escape/escape_mesh.h"
#include "tasks/escape/escape_report.h"
#include "tasks/escape/highest_pass.h"
#include "tasks/escape/pinned_wells.h"
#include "tasks/problem/requirements.h"
#include "tasks/summary.h"

#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
namespace
{
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
    errors_ = resolve_committors(problem_, plan_, saddles_);
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
    log_.line("Escape");
    log_.entry("weight", "pi/max(pi) + " + format(problem_.model.weight.floor(), 2) +
                             " (far below pi at the highest pass)");
    take_escape_space(problem_);
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
    const auto lower = escape_space(problem_.mesh, problem_.space->degree() - 1);
    lower->distribute();
    PinnedWells<dim> wells(*lower, problem_, plan_);
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
      write_exit_time(problem_, wells.exit_time(), folder_);
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
    report.print_slowest(log_, parameters_.number("Noise", "Learning rate"));
    log_.line("Written to " + folder_.path());
  }

  void add_saddles(nlohmann::json &summary) const
  {
    summary["saddles"] = nlohmann::json::array();
    for (const Saddle &saddle : saddles_)
    {
      summary["saddles"].push_back(
          critical_point(saddle.point, saddle.loss.loss, saddle.loss.curvatures, dim));
      summary["saddles"].back()["between"] = {saddle.from + 1, saddle.to + 1};
    }
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
