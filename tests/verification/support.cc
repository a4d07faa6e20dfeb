#include "support.h"

#include "discretization/mesh/dealii_points.h"
#include "discretization/space/point_values.h"
#include "model/search/eigensystem.h"
#include "tasks/guard.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/fe/mapping.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace lowland
{
using namespace dealii;

namespace
{
/// A folder for one run that rank 0 makes and removes.
class TemporaryFolder
{
public:
  TemporaryFolder()
  {
    std::string name = (std::filesystem::temp_directory_path() / "lowland-test-XXXXXX").string();
    if (rank_0_)
      if (!mkdtemp(name.data()))
        ADD_FAILURE() << "cannot make " << name;
    path = Utilities::MPI::broadcast(MPI_COMM_WORLD, name);
  }
  ~TemporaryFolder()
  {
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank_0_)
      std::filesystem::remove_all(path);
  }
  std::string path;

private:
  const bool rank_0_ = Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0;
};

/// int g(rho - exact) dmu.
template <int dim, typename G>
double integrate_difference(const Problem<dim> &problem, const PETScVector &u, const Density &exact,
                            const G &g)
{
  const QGauss<dim> quadrature(problem.space->degree() + 3);
  CellModel<dim> cell_model(*problem.space, problem.model, quadrature);
  const auto polynomials = problem.space->cell_polynomials(u);
  std::vector<double> values;
  double sum = 0;
  for (const auto &cell : problem.mesh.triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell_model.reinit(cell);
      cell_model.evaluate(polynomials[cell->active_cell_index()], values);
      for (std::size_t q = 0; q < values.size(); ++q)
        sum += cell_model.measure[q] *
               g(cell_model.values.weight[q] * values[q] - exact(cell_model.points[q]));
    }
  return Utilities::MPI::sum(sum, MPI_COMM_WORLD);
}

/// sum_i g(a_i) v_i v_i^T over the eigenpairs of the matrix.
template <int dim, typename G>
SymmetricTensor<2, dim> matrix_function(const SymmetricTensor<2, dim> &matrix, const G &g)
{
  SymmetricTensor<2, dim> result;
  for (const auto &[value, vector] : eigensystem(matrix))
    result += g(value) * symmetrize(outer_product(vector, vector));
  return result;
}
} // namespace

Settings operator+(Settings first, const Settings &second)
{
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::string assign(const std::string &key, double value)
{
  std::ostringstream out;
  out.precision(17);
  out << key << "=" << value;
  return out.str();
}

template <int dim>
std::vector<Record> run_evolution(const Settings &settings,
                                  const typename Evolution<dim>::Observer &observer)
{
  const TemporaryFolder folder;
  const Parameters parameters = Parameters::from_text(
      "", "test", Settings{"Dimension=" + std::to_string(dim), "Output/Fields="} + settings);
  RunOptions options;
  options.output = folder.path + "/run";
  options.quiet = true;
  std::vector<Record> records;
  const auto run = [&]() {
    Evolution<dim> evolution(parameters, options);
    evolution.run(observer);
    records = evolution.records();
    return exit_done;
  };
  // One rank that fails alone must end the test, not hang it.
  if (guarded(run) != exit_done)
    throw std::runtime_error("the run failed, see above");
  return records;
}

nlohmann::json run_summary(int (*task)(const Parameters &, const RunOptions &),
                           const Settings &settings,
                           const std::function<void(const std::string &folder)> &look)
{
  const TemporaryFolder folder;
  const Parameters parameters = Parameters::from_text(
      "", "test", (look ? Settings{} : Settings{"Output/Fields="}) + settings);
  RunOptions options;
  options.output = folder.path + "/run";
  options.quiet = true;
  if (guarded([&]() { return task(parameters, options); }) != exit_done)
    throw std::runtime_error("the run failed, see above");
  MPI_Barrier(MPI_COMM_WORLD);
  if (look)
    look(options.output);
  return nlohmann::json::parse(std::ifstream(options.output + "/summary.json"));
}

template <int dim>
double l1_distance(const Problem<dim> &problem, const PETScVector &u, const Density &exact)
{
  return integrate_difference(problem, u, exact, [](double e) { return std::abs(e); });
}

template <int dim>
double l2_distance(const Problem<dim> &problem, const PETScVector &u, const Density &exact)
{
  return std::sqrt(integrate_difference(problem, u, exact, [](double e) { return e * e; }));
}

template <int dim>
double density_at(const Problem<dim> &problem, const PETScVector &u, const Coordinates &x)
{
  Points point;
  copy_points(std::vector<Coordinates>{x}, dim, point);
  ModelValues values;
  problem.model.evaluate(point, values);
  return values.weight[0] * value_at(*problem.space, u, x);
}

template <int dim>
double Gaussian<dim>::density(const Coordinates &x) const
{
  Tensor<1, dim> y;
  for (unsigned int i = 0; i < dim; ++i)
    y[i] = x[i] - mean[i];
  return std::exp(-0.5 * (y * (invert(covariance) * y))) /
         std::sqrt(std::pow(2 * M_PI, dim) * determinant(covariance));
}

template <int dim>
double Gaussian<dim>::relative_entropy(const Gaussian &other) const
{
  const auto inverse = invert(other.covariance);
  const auto shift = mean - other.mean;
  return 0.5 * (inverse * covariance - dim + shift * (inverse * shift) +
                std::log(determinant(other.covariance) / determinant(covariance)));
}

template <int dim>
Gaussian<dim> OrnsteinUhlenbeck<dim>::at(double time) const
{
  Gaussian<dim> law;
  law.mean = matrix_function(hessian, [&](double a) { return std::exp(-a * time); }) * mean;
  law.covariance = matrix_function(hessian, [&](double a) {
    return deviation * deviation * std::exp(-2 * a * time) - k / a * std::expm1(-2 * a * time);
  });
  return law;
}

template <int dim>
Gaussian<dim> OrnsteinUhlenbeck<dim>::invariant() const
{
  return {Tensor<1, dim>(), matrix_function(hessian, [&](double a) { return k / a; })};
}

template <int dim>
FixedProblem<dim>::FixedProblem(const Settings &settings)
    : parameters(Parameters::from_text("set Dimension = " + std::to_string(dim) + "\n", "fixed",
                                       settings + Settings{"Discretization/Adaptation=false"})),
      log(MPI_COMM_WORLD, true), problem(parameters, parameters.number("Time", "Tolerance"),
                                         InitialDensity(parameters), MPI_COMM_WORLD, log)
{
  problem.space->distribute();
  form = std::make_unique<FokkerPlanckForm<dim>>(*problem.space, problem.model);
}

template <int dim>
PETScVector FixedProblem<dim>::start() const
{
  return problem.project(problem.start, *form);
}

OrnsteinUhlenbeck<2> tilted_plane_law()
{
  OrnsteinUhlenbeck<2> law;
  law.hessian[0][0] = 2;
  law.hessian[0][1] = 0.5;
  law.hessian[1][1] = 1;
  law.k = 0.2;
  law.mean[0] = 1;
  law.mean[1] = -1;
  law.deviation = std::sqrt(0.05);
  return law;
}

Settings tilted_plane()
{
  return {"Landscape/Loss=x^2 + x*y/2 + y^2/2", "Initial density/Mean=1, -1",
          assign("Initial density/Standard deviation", tilted_plane_law().deviation)};
}

double observed_order(double coarse, double fine)
{
  return std::log2(coarse / fine);
}

double column(const Record &record, const std::string &name)
{
  const double value = record[name];
  EXPECT_FALSE(std::isnan(value)) << "no value of " << name;
  return value;
}

#define INSTANTIATE(dim)                                                                           \
  template std::vector<Record> run_evolution<dim>(const Settings &,                                \
                                                  const Evolution<dim>::Observer &);               \
  template double l1_distance(const Problem<dim> &, const PETScVector &, const Density &);         \
  template double l2_distance(const Problem<dim> &, const PETScVector &, const Density &);         \
  template double density_at(const Problem<dim> &, const PETScVector &, const Coordinates &);      \
  template struct Gaussian<dim>;                                                                   \
  template struct OrnsteinUhlenbeck<dim>;                                                          \
  template struct FixedProblem<dim>;
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
