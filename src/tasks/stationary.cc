// The invariant density: pi = exp(-V)/Z where it is known in closed form, else the null vector of the
// discrete operator. Where walls absorb, the quasi-stationary density: that of what is left in the long run,
// the slowest mode, and the rate at which it is absorbed.
#include "discretization/form/integrals.h"
#include "output/current.h"
#include "output/fields.h"
#include "output/observables.h"
#include "output/run_folder.h"
#include "tasks/conclusion.h"
#include "tasks/dimension.h"
#include "tasks/problem/requirements.h"
#include "tasks/relaxation/relaxation.h"
#include "tasks/summary.h"
#include "tasks/tasks.h"

#include <deal.II/lac/petsc_vector.h>

#include <cmath>
#include <optional>

namespace lowland
{
namespace
{
/// Relative to the gap, which here comes along with the density.
constexpr double worst_error_of_gap = 0.5;
/// The distance to a closed form that speaks against the estimate of the error, in multiples of the tolerance.
constexpr double doubtful_distance = 3;

/// An entry of the summary as a reader sees it, with what is known of its error.
std::string with_error(const nlohmann::json &summary, const std::string &key)
{
  if (!summary[key].is_number())
    return summary[key].get<std::string>();
  const std::string value = format(summary[key]), error = key + "_error";
  if (summary.contains(error) && summary[error].is_number())
    return value + " +- " + format(summary[error], 2);
  return value + (key == "spectral_gap"
                      ? " (of one mesh, so its error is not known; lowland spectrum finds both)"
                      : "");
}

template <int dim>
class InvariantDensity
{
public:
  InvariantDensity(const Parameters &parameters, const RunOptions &options)
      : parameters_(parameters), log_(MPI_COMM_WORLD, options.quiet),
        folder_(options.output, options.overwrite, parameters, MPI_COMM_WORLD),
        functions_(read_observables(parameters)),
        problem_(parameters, parameters.number("Stationary", "Tolerance"), InitialDensity::none(),
                 MPI_COMM_WORLD, log_)
  {
  }

  void run()
  {
    require_constant_learning_rate(problem_);
    const bool in_closed_form = wants_closed_form();
    if (!in_closed_form)
    {
      require_normalisable(problem_,
                           problem_.absorbs() ? "quasi-stationary density" : "invariant density");
      require_irreducible(problem_, "the invariant density");
    }
    folder_.create(log_);
    log_.line(problem_.absorbs() ? "Quasi-stationary density" : "Invariant density");
    nlohmann::json details;
    if (in_closed_form)
      details["method"] = "closed form";
    const PETScVector u = in_closed_form ? problem_.closed_form() : computed(details);
    const double normalisation = limit_normalisation(*problem_.space, problem_.model);
    const double current = current_size(*problem_.space, problem_.model, u);
    Record record = measure_density(*problem_.space, problem_.model, u, normalisation, functions_);
    if (!std::isnan(normalisation))
      record.add("log_normalisation", "-", // log int exp(-V) dmu
                 std::log(normalisation) - problem_.model.equilibrium->lowest_potential());
    record.add("current", "length/time", current);
    folder_.append(record);
    warn_of_undefined(functions_, record, log_);
    warn_of_walls(record, problem_.tolerance, log_);
    if (const double distance = record["l1_to_invariant"];
        !problem_.absorbs() && distance > doubtful_distance * problem_.tolerance)
      log_.warn("the density is " + format(distance, 2) +
                " from the closed form in L1, more than the tolerance: the mesh does not resolve "
                "it, or a Reference floor hides it");
    FieldWriter(folder_.path(), parameters_.texts("Output", "Fields"), problem_.tolerance, log_)
        .write(*problem_.space, problem_.model, u, normalisation, 0);

    nlohmann::json summary = common_summary("stationary", problem_, wall_start_);
    add_record(record, dim, summary);
    summary["mass_error"] = std::abs(record["mass"] - 1);
    summary.update(details);
    std::vector<double> masses;
    if (const auto basins = problem_.basin_partition(); basins && shares_are_determined_)
      summary["basin_masses"] = masses = basins->masses(u);
    summary["warnings"] = log_.warnings();
    folder_.write_summary(summary);
    for (const char *key :
         {"method", "expected_loss", "entropy", "boundary_mass", "current", "l1_to_invariant",
          "kl_to_invariant", "residual", "spectral_gap", "quasi_stationary_rate"})
      if (summary.contains(key))
        log_.entry(key, with_error(summary, key));
    std::optional<double> exit_rate;
    if (details.contains("quasi_stationary_rate") && details["quasi_stationary_rate"].is_number())
      exit_rate = details["quasi_stationary_rate"].get<double>();
    if (shares_are_determined_)
      log_.line(invariant_density_in_words(record, problem_.minima, masses, dim, exit_rate));
    log_.line("Written to " + folder_.path());
  }

private:
  bool wants_closed_form() const
  {
    const std::string method = parameters_.text("Stationary", "Method");
    const bool known =
        problem_.model.equilibrium && problem_.model.equilibrium->bounded() && !problem_.absorbs();
    if (method == "closed form" && !known)
      throw parameters_.error("Stationary", "Method",
                              "there is no bounded invariant density in closed form here");
    return known && method != "computed";
  }

  PETScVector computed(nlohmann::json &details)
  {
    SpectrumEstimate<dim> estimate = relax_to_invariant_density(problem_);
    estimate.compare_with_higher_degree();
    details["method"] = "computed";
    details["residual"] = estimate.modes().front().residual;
    details["l1_error_estimate"] = estimate.density_error();
    details["linear_solves"] = estimate.n_solves();
    const double gap = estimate.gap();
    if (problem_.absorbs())
      add_rate(estimate, details);
    shares_are_determined_ = !std::isnan(gap);
    if (!shares_are_determined_)
    {
      details["l1_error_estimate"] = nullptr;
      log_.warn(
          "several wells that hardly exchange mass: the spectral gap is below " +
          format(estimate.resolution(), 2) +
          ", so the mass in each of them is not determined. Rates between them: lowland escape");
    }
    else
    {
      if (!std::isnan(estimate.current_error()))
        details["current_error"] = estimate.current_error();
      details["spectral_gap"] = gap;
      if (!std::isnan(estimate.gap_error()))
        details["spectral_gap_error"] = estimate.gap_error();
      if (estimate.gap_error() > worst_error_of_gap * gap)
        log_.warn("the spectral gap is known only to " + format(estimate.gap_error(), 2) +
                  "; try a larger Discretization/Initial refinement, another Reference floor, or "
                  "lowland spectrum, which refines the mesh for it");
      details["basin_weight_error"] = estimate.basin_weight_error();
      if (estimate.basin_weight_error() > problem_.tolerance)
        log_.warn(
            "the gap " + format(gap, 3) +
            " is so small that round-off, or the error of the rates on this mesh, moves up to " +
            format(estimate.basin_weight_error(), 2) + " of the mass between the wells");
    }
    return estimate.ratio(0);
  }

  /// What is left is absorbed at this rate in the long run.
  void add_rate(const SpectrumEstimate<dim> &estimate, nlohmann::json &details) const
  {
    const double rate = estimate.modes().front().eigenvalue.real();
    if (rate > estimate.resolution())
    {
      details["quasi_stationary_rate"] = rate;
      if (!std::isnan(estimate.eigenvalue_error(0)))
        details["quasi_stationary_rate_error"] = estimate.eigenvalue_error(0);
    }
    estimate.warn_of_absorption();
  }

  const double wall_start_ = MPI_Wtime();
  const Parameters &parameters_;
  Log log_;
  RunFolder folder_;
  std::vector<NamedFunction> functions_;
  Problem<dim> problem_;
  bool shares_are_determined_ = true; ///< how wells share the mass
};
} // namespace

int stationary(const Parameters &parameters, const RunOptions &options)
{
  for_dimension(parameters, [&](auto dim) { InvariantDensity<dim>(parameters, options).run(); });
  return exit_done;
}
} // namespace lowland
