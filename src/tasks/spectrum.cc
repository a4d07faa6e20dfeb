// How fast the density forgets where it started: the eigenvalues of -L closest to zero and their modes.
#include "discretization/form/integrals.h"
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

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
namespace
{
/// A relative error from which on not even the size of an eigenvalue is sure.
constexpr double worst_error_of_eigenvalue = 0.5;

/// The eigenvalues as JSON and as lines. The first one is zero where mass is conserved, and is written as
/// such; others below the resolution, or of which not even the size is sure, have no number.
template <int dim>
class SpectrumReport
{
public:
  SpectrumReport(const SpectrumEstimate<dim> &estimate, bool conserves_mass)
      : estimate_(estimate), n_zero_(conserves_mass ? 1 : 0)
  {
  }

  void add_to(nlohmann::json &summary) const
  {
    bool any_complex = false;
    for (std::size_t n = 0; n < size(); ++n)
    {
      const auto &mode = estimate_.modes()[n];
      any_complex = any_complex || mode.eigenvalue.imag() != 0;
      summary["eigenvalues"].push_back(real_part(n));
      summary["residuals"].push_back(mode.residual);
      summary["eigenvalue_errors"].push_back(error(n));
      if (n >= n_zero_)
        summary["relaxation_times"].push_back(
            resolved(n) ? nlohmann::json(1 / mode.eigenvalue.real()) : nlohmann::json());
    }
    for (std::size_t n = 0; any_complex && n < size(); ++n)
      summary["eigenvalues_imaginary"].push_back(estimate_.modes()[n].eigenvalue.imag());
    summary["resolution"] = estimate_.resolution();
    summary["linear_solves"] = estimate_.n_solves();
    if (!std::isnan(gap()))
    {
      summary["spectral_gap"] = gap();
      if (!std::isnan(estimate_.gap_error()))
        summary["spectral_gap_error"] = estimate_.gap_error();
    }
  }

  /// NaN where one of the eigenvalues that it is between has no number.
  double gap() const
  {
    bool sure = true;
    for (std::size_t n = n_zero_; n < std::min<std::size_t>(2, size()); ++n)
      sure = sure && is_sure(n);
    return sure ? estimate_.gap() : std::numeric_limits<double>::quiet_NaN();
  }

  void print(Log &log) const
  {
    log.line("Eigenvalues of -L      relaxation time   error      residual");
    for (std::size_t n = 0; n < size(); ++n)
      log.line("  " + row(n));
    if (std::isnan(estimate_.gap()))
      log.warn("the spectral gap is below " + format(estimate_.resolution(), 2) +
               ", which floating point does not tell from zero here: the wells are all but "
               "separate. Rates between them: lowland escape");
    else
      estimate_.warn_of_absorption();
    std::size_t n_unsure = 0;
    for (std::size_t n = n_zero_; n < size(); ++n)
      n_unsure += !is_sure(n);
    if (n_unsure > 0)
      log.warn(std::to_string(n_unsure) +
               (n_unsure == 1 ? " eigenvalue changes by more than half of itself and is"
                              : " eigenvalues change by more than half of themselves and are") +
               " left out; try a domain tighter around where the mass is, or a larger "
               "Discretization/Initial refinement");
  }

private:
  std::size_t size() const { return estimate_.modes().size(); }

  /// Where one mesh does not tell the error, it is taken as it is.
  bool is_sure(std::size_t n) const
  {
    return !(is_above_round_off(n) &&
             error(n) > worst_error_of_eigenvalue * std::abs(estimate_.modes()[n].eigenvalue));
  }

  bool is_above_round_off(std::size_t n) const
  {
    return estimate_.modes()[n].eigenvalue.real() > estimate_.resolution();
  }

  bool resolved(std::size_t n) const { return n >= n_zero_ && is_above_round_off(n) && is_sure(n); }

  nlohmann::json real_part(std::size_t n) const
  {
    if (n < n_zero_)
      return 0.0;
    return resolved(n) ? nlohmann::json(estimate_.modes()[n].eigenvalue.real()) : nlohmann::json();
  }

  /// Change of the eigenvalue between the last two meshes or to a higher degree, at least round-off; the zero has none.
  /// NaN, which JSON writes as null, where there was neither.
  double error(std::size_t n) const
  {
    if (n < n_zero_)
      return 0;
    return estimate_.eigenvalue_error(n);
  }

  std::string row(std::size_t n) const
  {
    const auto &mode = estimate_.modes()[n];
    char line[128];
    if (n < n_zero_)
      std::snprintf(line, sizeof line, "%-20s %-17s %-10s %.1e", "0", "(invariant)", "-",
                    mode.residual);
    else if (!resolved(n))
      std::snprintf(line, sizeof line, "%-20s %-17s %-10s %.1e", "unresolved", "-", "-",
                    mode.residual);
    else
    {
      const auto lambda = mode.eigenvalue;
      const std::string value =
          format(lambda.real(), 11) +
          (lambda.imag() == 0 ? ""
                              : (lambda.imag() > 0 ? "+" : "") + format(lambda.imag(), 6) + "i");
      std::snprintf(line, sizeof line, "%-20s %-17s %-10s %.1e", value.c_str(),
                    format(1 / lambda.real(), 6).c_str(),
                    std::isnan(error(n)) ? "-" : format(error(n), 2).c_str(), mode.residual);
    }
    return line;
  }

  const SpectrumEstimate<dim> &estimate_;
  const std::size_t n_zero_; ///< how many eigenvalues are zero
};

/// How many eigenvalues are asked for. Throws InputError where the mesh has no room for them.
template <int dim>
unsigned int number_of_eigenvalues(const Problem<dim> &problem)
{
  const char *key = "Number of eigenvalues";
  const unsigned int number = problem.parameters.integer("Spectrum", key);
  const std::size_t n = problem.space->n_free_unknowns();
  if (number > n)
    throw problem.parameters.error(
        "Spectrum", key,
        "the first mesh has only " + std::to_string(n) +
            " free unknowns, and no more eigenvalues; ask for fewer, or for a "
            "larger Discretization/Initial refinement");
  return number;
}

template <int dim>
int find_spectrum(const Parameters &parameters, const RunOptions &options)
{
  const double wall_start = MPI_Wtime();
  Log log(MPI_COMM_WORLD, options.quiet);
  RunFolder folder(options.output, options.overwrite, parameters, MPI_COMM_WORLD);
  const double tolerance =
      parameters.number_or_auto("Spectrum", "Tolerance").value_or(dim == 3 ? 1e-6 : 1e-8);
  const auto functions = read_observables(parameters);
  Problem<dim> problem(parameters, tolerance, InitialDensity::none(), MPI_COMM_WORLD, log);
  require_constant_learning_rate(problem);
  require_normalisable(problem, "spectral gap");
  require_irreducible(problem, "the spectral gap");
  problem.take_elements_of_invariant_density();
  const unsigned int number = number_of_eigenvalues(problem);
  folder.create(log);
  log.line("Spectrum");
  const SpectrumEstimate<dim> estimate =
      relax(problem, {number, std::numeric_limits<double>::infinity(), tolerance});

  const PETScVector density = estimate.ratio(0);
  const double normalisation = limit_normalisation(*problem.space, problem.model);
  const Record record =
      measure_density(*problem.space, problem.model, density, normalisation, functions);
  folder.append(record);
  warn_of_undefined(functions, record, log);
  std::vector<PETScVector> ratios;
  for (std::size_t n = 1; n < estimate.modes().size(); ++n)
    ratios.push_back(estimate.ratio(n));
  std::vector<NamedRatio> modes;
  modes.reserve(ratios.size());
  for (const PETScVector &ratio : ratios)
    modes.push_back({"mode_" + std::to_string(modes.size() + 1), ratio});
  // The error of an eigenvalue is the square of that of its mode.
  FieldWriter(folder.path(), parameters.texts("Output", "Fields"), std::sqrt(tolerance), log)
      .write(*problem.space, problem.model, density, normalisation, 0, modes);

  nlohmann::json summary = common_summary("spectrum", problem, wall_start);
  const SpectrumReport<dim> report(estimate, !problem.absorbs());
  report.add_to(summary);
  report.print(log);
  summary["warnings"] = log.warnings();
  folder.write_summary(summary);
  const double slowest = estimate.modes().front().eigenvalue.real(), gap = report.gap();
  const double learning_rate = parameters.number("Noise", "Learning rate");
  if (problem.absorbs() && slowest > estimate.resolution())
    log.line(decay_in_words("The mass that is left", slowest, learning_rate));
  else if (!problem.absorbs() && !std::isnan(gap))
    log.line(decay_in_words("The distance to the invariant density", gap, learning_rate));
  log.line("Written to " + folder.path());
  return exit_done;
}
} // namespace

int spectrum(const Parameters &parameters, const RunOptions &options)
{
  return for_dimension(parameters,
                       [&](auto dim) { return find_spectrum<dim>(parameters, options); });
}
} // namespace lowland
