// Times Lowland's own solve, and says how far the result is from a known density. One JSON line on
// stdout.
//
//   lowland-benchmark evolve FILE TOLERANCE [REFERENCE]    time to accuracy
//   lowland-benchmark stationary FILE TOLERANCE            the same of the invariant density
//   lowland-benchmark parts FILE TOLERANCE                 what one assembly, factorization, ... costs
//   lowland-benchmark long-run FILE TOLERANCE              six modes, the invariant density, one rate
#include "discretization/algebra/libraries.h"
#include "discretization/form/integrals.h"
#include "discretization/form/relaxation_modes.h"
#include "discretization/passages/harmonic_functions.h"
#include "output/observables.h"
#include "product_density.h"
#include "tasks/evolution/evolution.h"
#include "tasks/evolution/exponential_integrator.h"
#include "tasks/guard.h"
#include "tasks/problem/solver_choice.h"
#include "tasks/relaxation/relaxation.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature_lib.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

namespace lowland
{
namespace
{
using Json = nlohmann::json;
using Words = std::vector<std::string>;

bool on_rank_0()
{
  return dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0;
}

double peak_memory()
{
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return dealii::Utilities::MPI::sum(1024.0 * usage.ru_maxrss, MPI_COMM_WORLD);
}

/// Seconds of the processor that this rank has used.
double processor_seconds()
{
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval &t) { return t.tv_sec + 1e-6 * t.tv_usec; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Seconds since `start`, when the slowest rank has come here.
double seconds_since(double start)
{
  MPI_Barrier(MPI_COMM_WORLD);
  return MPI_Wtime() - start;
}

/// int |rho - exact| and max rho, with Gauss points finer than those of the solver.
template <int dim>
Json distance(const Problem<dim> &problem, const PETScVector &u, const ProductDensity &exact)
{
  const dealii::QGauss<dim> quadrature(problem.space->degree() + 4);
  CellModel<dim> cell_model(*problem.space, problem.model, quadrature);
  const auto polynomials = problem.space->cell_polynomials(u);
  std::vector<double> ratio, expected;
  double l1 = 0, largest = 0;
  for (const auto &cell : problem.mesh.triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell_model.reinit(cell);
      cell_model.evaluate(polynomials[cell->active_cell_index()], ratio);
      exact.evaluate(cell_model.points, expected);
      for (std::size_t q = 0; q < ratio.size(); ++q)
      {
        const double rho = cell_model.values.weight[q] * ratio[q];
        l1 += cell_model.measure[q] * std::abs(rho - expected[q]);
        largest = std::max(largest, rho);
      }
    }
  namespace mpi = dealii::Utilities::MPI;
  return {{"l1_error", mpi::sum(l1, MPI_COMM_WORLD)},
          {"maximum_density", mpi::max(largest, MPI_COMM_WORLD)}};
}

Json to_json(const Record &record)
{
  Json json;
  for (const Observable &column : record.columns())
    if (std::isfinite(column.value))
      json[column.name] = column.value;
  return json;
}

/// Runs the file and watches it: what the measuring itself takes is not counted.
template <int dim>
Json time_evolution(const Parameters &parameters, const RunOptions &options, const Words &words)
{
  std::optional<ProductDensity> exact;
  if (words.size() > 3)
    exact.emplace(words[3]);
  Json result = {{"records", Json::array()}};
  const double start = MPI_Wtime();
  const double processor_start = processor_seconds();
  double measuring = 0, processor_measuring = 0;
  Evolution<dim> evolution(parameters, options);
  evolution.run([&](double time, const Problem<dim> &problem, const PETScVector &u) {
    result["solve_seconds"] = seconds_since(start) - measuring;
    result["processor_seconds"] = processor_seconds() - processor_start - processor_measuring;
    result["peak_memory_bytes"] = peak_memory();
    const double began = MPI_Wtime(), processor_began = processor_seconds();
    Json record = to_json(evolution.records().back());
    if (exact && std::abs(time - exact->time()) < 1e-9)
      record.update(distance(problem, u, *exact));
    result["records"].push_back(record);
    measuring += seconds_since(began);
    processor_measuring += processor_seconds() - processor_began;
  });
  return result;
}

/// Time to accuracy of the invariant density.
template <int dim>
Json time_stationary(const Parameters &parameters, const Words &words)
{
  const double start = MPI_Wtime(), processor_start = processor_seconds();
  Log log(MPI_COMM_WORLD, true);
  Problem<dim> problem(parameters, std::strtod(words[2].c_str(), nullptr), InitialDensity::none(),
                       MPI_COMM_WORLD, log);
  const PETScVector u = relax_to_invariant_density(problem).ratio(0);
  Json result = {{"solve_seconds", seconds_since(start)},
                 {"processor_seconds", processor_seconds() - processor_start},
                 {"peak_memory_bytes", peak_memory()}};
  Json record = to_json(measure_density(*problem.space, problem.model, u,
                                        limit_normalisation(*problem.space, problem.model), {}));
  record["unknowns"] = problem.space->n_unknowns();
  result["records"] = {record};
  return result;
}

double median(std::vector<double> values)
{
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

/// Median seconds of the processor that one call takes of this rank, which are the least disturbed by neighbours.
template <typename Call>
double median_seconds(int repetitions, const Call &call)
{
  std::vector<double> seconds;
  for (int i = 0; i < repetitions; ++i)
  {
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = processor_seconds();
    call();
    seconds.push_back(processor_seconds() - start);
  }
  return median(seconds);
}

/// The quadrature points of this rank's cells, a batch for each as in assembly.
template <int dim>
std::vector<Points> points_of_cells(const Problem<dim> &problem)
{
  std::vector<Points> batches;
  CellModel<dim> cell_model(*problem.space, problem.model, problem.space->quadrature());
  for (const auto &cell : problem.mesh.triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell_model.reinit(cell);
      batches.push_back(cell_model.points);
    }
  return batches;
}

/// Seconds of the factorization of one matrix, and of one solve with the factors.
struct SolverTimes
{
  SolverTimes(const PETScMatrix &matrix, const SolverSettings &settings, const PETScVector &v)
  {
    LinearSolver solver(matrix, settings, false, "parts_");
    PETScVector product(v);
    const auto solve_from_zero = [&] {
      product = 0;
      solver.solve(product, v);
    };
    const double first = median_seconds(1, solve_from_zero); // factorizes
    solve = median_seconds(7, solve_from_zero);
    factorization = std::max(0.0, first - solve);
  }

  double factorization, solve;
};

/// matrix = A + c M
template <int dim>
void add_mass(const FokkerPlanckForm<dim> &form, double c, PETScMatrix &matrix)
{
  matrix.reinit(form.stiffness());
  matrix.add(1.0, form.stiffness());
  matrix.add(c, form.mass());
}

template <int dim>
Json time_parts(const Parameters &parameters)
{
  Log log(MPI_COMM_WORLD, true);
  const double start = MPI_Wtime();
  Problem<dim> problem(parameters, parameters.number("Time", "Tolerance"),
                       InitialDensity(parameters), MPI_COMM_WORLD, log);
  const double mesh = seconds_since(start);
  problem.space->distribute();
  std::unique_ptr<FokkerPlanckForm<dim>> form;
  const double assembly = median_seconds(
      3, [&] { form = std::make_unique<FokkerPlanckForm<dim>>(*problem.space, problem.model); });

  const auto batches = points_of_cells(problem);
  LandscapeValues values;
  const double formula = median_seconds(3, [&] {
    for (const Points &points : batches)
      problem.model.landscape.evaluate(points, Derivatives::hessian, values);
  });

  PETScVector v(form->mass_functional()), product(v);
  const double matvec = median_seconds(21, [&] { form->stiffness().vmult(product, v); });

  // The matrix of a step: its first solve factorizes, the others do not.
  const double dt = 0.01;
  SolverSettings settings;
  settings.direct = true; // as `evolve` takes steps of these sizes
  PETScMatrix matrix;
  add_mass(*form, 1 / dt, matrix);
  const SolverTimes times(matrix, settings, v);

  ExponentialIntegrator integrator(form->mass(), form->stiffness(), form->l1_functional(),
                                   settings);
  const double allowed = 1e-3 * problem.tolerance;
  integrator.step(v, 0, dt, allowed);
  const double step = median_seconds(7, [&] { integrator.step(v, 0, dt, allowed); });
  return {{"unknowns", problem.space->n_unknowns()},
          {"cells", problem.mesh.n_cells()},
          {"nonzeros", form->stiffness().n_nonzero_elements()},
          {"mesh", mesh},
          {"assembly", assembly},
          {"formula", formula},
          {"factorization", times.factorization},
          {"solve", times.solve},
          {"step", step},
          {"matvec", matvec}};
}

/// What the questions of the long run cost on the mesh of the start, continuous elements. All of them are asked in
/// turn, five times: what they are compared with meets the same neighbours.
template <int dim>
Json time_long_run(const Parameters &parameters)
{
  Log log(MPI_COMM_WORLD, true);
  Problem<dim> problem(parameters, parameters.number("Time", "Tolerance"),
                       InitialDensity(parameters), MPI_COMM_WORLD, log);
  const DensitySpace<dim> &space = *problem.space;
  problem.space->distribute();
  SolverSettings settings = solver_settings(*problem.space);
  settings.direct = true;
  std::vector<Well> wells;
  for (const Minimum &minimum : problem.minima)
    wells.push_back(well_at(problem.model, minimum.point, 1));
  const std::vector<Pin> pins(wells.size(), Pin::set);
  const double shift = -1e-3;

  std::unique_ptr<FokkerPlanckForm<dim>> form;
  const auto modes = [&](unsigned int number) {
    relaxation_modes(*form, number, shift, problem.is_symmetric(), settings);
  };
  std::map<std::string, std::vector<double>> seconds;
  const auto time = [&](const std::string &what, const std::function<void()> &question) {
    seconds[what].push_back(median_seconds(1, question));
  };
  for (int round = 0; round < 5; ++round)
  {
    time("assembly", [&] { form = std::make_unique<FokkerPlanckForm<dim>>(space, problem.model); });
    PETScMatrix matrix;
    add_mass(*form, -shift, matrix);
    const SolverTimes times(matrix, settings, PETScVector(form->mass_functional()));
    seconds["factorization"].push_back(times.factorization);
    seconds["solve"].push_back(times.solve);
    time("spectrum", [&] { modes(6); });
    time("stationary", [&] { modes(2); });
    time("rate", [&] { HarmonicFunctions<dim>(space, problem.model, wells, pins, settings); });
  }
  Json result = {{"unknowns", space.n_unknowns()}, {"wells", wells.size()}};
  for (const auto &[what, values] : seconds)
    result[what] = median(values);
  return result;
}

template <int dim>
Json measure(const Parameters &parameters, const RunOptions &options, const Words &words)
{
  if (words[0] == "parts")
    return time_parts<dim>(parameters);
  if (words[0] == "stationary")
    return time_stationary<dim>(parameters, words);
  if (words[0] == "long-run")
    return time_long_run<dim>(parameters);
  return time_evolution<dim>(parameters, options, words);
}

int run(const Words &words)
{
  const Words known = {"evolve", "stationary", "parts", "long-run"};
  if (words.size() < 3 || std::find(known.begin(), known.end(), words[0]) == known.end())
    throw InputError("usage: lowland-benchmark evolve | stationary | parts | long-run FILE "
                     "TOLERANCE [REFERENCE]");
  const auto parameters = Parameters::from_file(words[1], {"Time/Tolerance=" + words[2]});
  RunOptions options;
  options.output = "benchmark-run";
  options.command_line = "lowland-benchmark";
  options.overwrite = options.quiet = true;
  const int dimension = parameters.integer("", "Dimension");
  const Json result = dimension == 1   ? measure<1>(parameters, options, words)
                      : dimension == 2 ? measure<2>(parameters, options, words)
                                       : measure<3>(parameters, options, words);
  if (on_rank_0())
    std::cout << result.dump() << std::endl;
  return exit_done;
}
} // namespace
} // namespace lowland

int main(int argc, char **argv)
{
  const lowland::Libraries libraries(argv[0]);
  return lowland::guarded([=] { return lowland::run({argv + 1, argv + argc}); });
}
