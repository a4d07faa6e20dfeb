#include "tasks/escape/general_escape.h"

#include "discretization/space/cell_records.h"
#include "input/errors.h"
#include "output/nodal_field.h"
#include "output/reactive_fields.h"
#include "output/run_folder.h"
#include "tasks/conclusion.h"
#include "tasks/escape/escape_mesh.h"
#include "tasks/escape/escape_report.h"
#include "tasks/escape/passages.h"
#include "tasks/problem/requirements.h"
#include "tasks/summary.h"

#include <deal.II/lac/petsc_vector.h>

#include <boost/scope_exit.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace lowland
{
namespace
{
/// Beyond this many unknowns the mesh is refined no further, by dimension.
constexpr std::size_t most_unknowns_of_passages[] = {0, 200000, 150000, 100000};

/// One run. The members stand in the order in which they become known.
template <int dim>
class GeneralEscape
{
public:
  GeneralEscape(const Parameters &parameters, const RunOptions &options)
      : parameters_(parameters), log_(MPI_COMM_WORLD, options.quiet),
        folder_(options.output, options.overwrite, parameters, MPI_COMM_WORLD),
        problem_(parameters, parameters.number("Escape", "Tolerance"), InitialDensity::none(),
                 MPI_COMM_WORLD, log_),
        plan_(read_escape_plan(parameters, problem_.model, problem_.mesh.search_region(),
                               problem_.minima, problem_.absorbs()))
  {
    require_constant_learning_rate(problem_);
    require_irreducible(problem_, "the rate of escape");
    require_normalisable(problem_, problem_.absorbs() ? "mean exit time" : "rate of escape");
    for (const EscapeQuestion &question : plan_.questions)
      require_start_off_exit(problem_, plan_.wells[question.from].point);
    require_wells_within_sides();
    folder_.create(log_);
  }

  void run()
  {
    log_.line("Escape");
    choose_space();
    while (!solve() && refine())
      ;
    forget_unresolved();
    write_fields();
    report();
  }

private:
  /// A mesh, what it told, and how much of that is an answer.
  struct Visited
  {
    std::vector<CellName> cells;
    std::vector<EscapeRate> rates;
    std::size_t n_answers = 0;
    double largest_error = std::numeric_limits<double>::infinity(); ///< of those
  };

  /// A well is not followed across sides that are glued together.
  void require_wells_within_sides() const
  {
    for (const Well &well : plan_.wells)
      for (unsigned int axis = 0; axis < dim; ++axis)
        for (const double side : {problem_.domain.lower[axis], problem_.domain.upper[axis]})
        {
          Coordinates point = well.point;
          point[axis] = side;
          if (problem_.domain.periodic[axis] && well.contains(point))
            throw parameters_.error("Domain", "Periodic",
                                    "the set around the minimum at " +
                                        point_in_words(well.point, dim, 6) +
                                        " reaches across sides that are glued together; choose "
                                        "corners that are farther from it, one period apart");
        }
  }

  void choose_space()
  {
    const auto points = points_of(plan_.wells);
    std::vector<double> sizes;
    for (const Well &well : plan_.wells)
    {
      sizes.push_back(cell_size_in(well));
      if (!(sizes.back() > 0))
        sizes.back() = problem_.mesh.width();
    }
    if (problem_.adaptive)
    {
      problem_.mesh.refine_around(points, sizes, problem_.limits.deepest_level);
      problem_.mesh.move_vertices_to(points);
    }
    problem_.model.weight = ReferenceWeight();
    take_escape_space(problem_);
    problem_.space->distribute();
  }

  /// Answers on the present mesh; whether that ends the run.
  bool solve()
  {
    try
    {
      PassageAnswers answers = answer_by_passages(problem_, plan_, problem_.tolerance);
      estimate_errors(answers.rates);
      if (const auto lost = lost_rate(answers))
      {
        go_back("On a finer mesh round-off hides the rate " + plan_.name(plan_.questions[*lost]) +
                " before the accuracy that was asked for is reached.");
        return true;
      }
      keep_if_best(answers);
      answers_ = std::move(answers);
    }
    catch (const SolverError &error)
    {
      if (answers_.rates.empty())
        throw;
      go_back(error.what());
      return true;
    }
    const EscapeRate &first = answers_.rates.front();
    log_.entry("mesh", problem_.mesh_in_words() + ", mean time " + format(first.mfpt, 8) +
                           ", error " + format(first.error, 1));
    return accurate();
  }

  /// To the mesh of the most accurate answers, which tells the same again.
  void go_back(const std::string &why)
  {
    log_.warn(why +
              " The answer is that of the most accurate mesh before, with an estimated error of " +
              format(best_.largest_error, 1));
    problem_.go_back_to(best_.cells);
    answers_ = answer_by_passages(problem_, plan_, std::numeric_limits<double>::infinity());
    answers_.rates = std::move(best_.rates);
  }

  static bool is_resolved(const EscapeRate &rate, const PassageAnswers &answers)
  {
    return rate.rate > answers.resolution;
  }

  static bool is_answer(const EscapeRate &rate, const PassageAnswers &answers)
  {
    return is_resolved(rate, answers) && rate.error <= worst_error_of_rate;
  }

  /// If it has more answers than the best mesh so far, or as many and more accurate ones, or refutes one of those.
  void keep_if_best(const PassageAnswers &answers)
  {
    Visited here{active_cells(problem_.mesh), answers.rates, 0, 0};
    bool best_is_refuted = false;
    for (std::size_t k = 0; k < best_.rates.size(); ++k)
      best_is_refuted = best_is_refuted || refutes(answers, best_.rates, k);
    for (const EscapeRate &rate : answers.rates)
      if (is_answer(rate, answers))
      {
        ++here.n_answers;
        here.largest_error = std::max(here.largest_error, rate.error);
      }
    if (best_is_refuted || here.n_answers > best_.n_answers ||
        (here.n_answers == best_.n_answers && here.largest_error < best_.largest_error))
      best_ = here;
  }

  /// Whether a finer mesh tells nothing but round-off, less than this rate: the coarser one could not tell it, either.
  static bool refutes(const PassageAnswers &finer, const std::vector<EscapeRate> &coarser,
                      std::size_t k)
  {
    return std::abs(finer.rates[k].rate) <= finer.resolution &&
           coarser[k].rate > 2 * finer.resolution;
  }

  /// Round-off grows with the mesh: a question whose answer it has come to hide.
  std::optional<std::size_t> lost_rate(const PassageAnswers &next) const
  {
    for (std::size_t k = 0; k < answers_.rates.size(); ++k)
      if (is_answer(answers_.rates[k], answers_) && !is_resolved(next.rates[k], next) &&
          !refutes(next, answers_.rates, k))
        return k;
    return {};
  }

  /// The difference to elements of one degree less on the same mesh, which are off by more, and whose nodes follow the
  /// rims of the sets differently. (The change with the last refinement told little where that was of few cells.)
  void estimate_errors(std::vector<EscapeRate> &rates)
  {
    const unsigned int degree = problem_.space->degree();
    auto space = escape_space(problem_.mesh, degree > 1 ? degree - 1 : 2);
    space->distribute();
    space.swap(problem_.space);
    BOOST_SCOPE_EXIT_ALL(&, this) // after a failed solve, too
    {
      space.swap(problem_.space);
    };
    const auto others =
        answer_by_passages(problem_, plan_, std::numeric_limits<double>::infinity()).rates;
    for (std::size_t k = 0; k < others.size(); ++k)
      rates[k].error = relative_difference(rates[k], others[k]);
  }

  bool accurate() const
  {
    return std::all_of(answers_.rates.begin(), answers_.rates.end(), [&](const EscapeRate &rate) {
      return rate.error <= problem_.tolerance ||
             std::abs(rate.rate) <= answers_.resolution; // round-off, which no mesh removes
    });
  }

  /// By the errors of the functions that answer, relative to their size. False where that ends the run.
  bool refine()
  {
    if (!problem_.adaptive)
      return false;
    if (problem_.space->n_unknowns() <= most_unknowns_of_passages[dim] &&
        refine_where_functions_are_wrong())
      return true;
    problem_.warn_of_coarse_mesh();
    return false;
  }

  bool refine_where_functions_are_wrong()
  {
    std::vector<PETScVector> relative;
    for (const Passage &passage : answers_.passages)
      for (const auto &function : {passage.time, passage.committor, passage.last_in_start})
        if (function)
        {
          relative.push_back(*function);
          relative.back() /= relative.back().linfty_norm();
        }
    const CellErrors errors = problem_.errors_of(relative);
    return problem_.refine(errors, 0.1 * total(problem_.mesh, errors));
  }

  void forget_unresolved()
  {
    for (std::size_t k = 0; k < answers_.rates.size(); ++k)
    {
      const EscapeRate &rate = answers_.rates[k];
      if (is_answer(rate, answers_))
        continue;
      log_.warn("the rate " + plan_.name(plan_.questions[k]) +
                (std::isnan(rate.rate)
                     ? " is not a number: somewhere the drift overwhelms the noise"
                 : is_resolved(rate, answers_)
                     ? " would be off by an estimated " + format(100 * rate.error, 2) +
                           " % and is left out"
                     : " is below " + format(answers_.resolution, 2) +
                           ", which floating point does not tell from zero without an "
                           "invariant density in closed form") +
                "; raise the learning rate or the intensity");
      answers_.rates[k] = {};
    }
  }

  void write_fields()
  {
    if (parameters_.texts("Output", "Fields").empty())
      return;
    if (problem_.absorbs())
      write_exit_time(problem_, *answers_.passages[0].time, folder_);
    else
      for (std::size_t k = 0; k < answers_.passages.size(); ++k)
        if (!std::isnan(answers_.rates[k].rate))
          write_passage(answers_.passages[k]);
  }

  void write_passage(const Passage &passage)
  {
    write_nodal_field(*problem_.space, problem_.model, *passage.time, "mean_first_passage_time",
                      problem_.tolerance, folder_.file("fields/time_" + passage.name + ".vtu"));
    write_reactive_fields(*problem_.space, problem_.model, *passage.committor, *answers_.density,
                          *passage.last_in_start, problem_.tolerance,
                          folder_.file("fields/escape_" + passage.name + ".vtu"));
  }

  void report()
  {
    const EscapeReport report(plan_, answers_.rates, problem_.domain.walls.parts(), "");
    nlohmann::json summary = common_summary("escape", problem_, wall_start_);
    report.add_to(summary);
    report.add_to(folder_);
    if (answers_.spectral_gap > 0)
      summary["spectral_gap"] = answers_.spectral_gap;
    summary["resolution"] = answers_.resolution;
    summary["warnings"] = log_.warnings();
    folder_.write_summary(summary);
    report.print_wells(log_);
    report.print_table(log_);
    report.print_slowest(log_, parameters_.number("Noise", "Learning rate"));
    log_.line("Written to " + folder_.path());
  }

  const double wall_start_ = MPI_Wtime();
  const Parameters &parameters_;
  Log log_;
  RunFolder folder_;
  Problem<dim> problem_;
  EscapePlan plan_;
  PassageAnswers answers_; ///< of the last mesh
  Visited best_;           ///< with the smallest estimated error
};
} // namespace

template <int dim>
void general_escape(const Parameters &parameters, const RunOptions &options)
{
  GeneralEscape<dim>(parameters, options).run();
}

template void general_escape<1>(const Parameters &, const RunOptions &);
template void general_escape<2>(const Parameters &, const RunOptions &);
template void general_escape<3>(const Parameters &, const RunOptions &);
} // namespace lowland
