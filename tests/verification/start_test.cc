// Starts: around a circle; and those that were computed, the density of an earlier run, and the invariant density of
// other noise.
#include "support.h"

#include <deal.II/base/mpi.h>

#include <cmath>
#include <filesystem>

using namespace lowland;

namespace
{
constexpr double k = 0.3;

template <int dim>
OrnsteinUhlenbeck<dim> law(double deviation)
{
  OrnsteinUhlenbeck<dim> law;
  for (unsigned int i = 0; i < dim; ++i)
  {
    law.hessian[i][i] = i + 1;
    law.mean[i] = i == 0 ? 0.5 : -0.3;
  }
  law.k = k;
  law.deviation = deviation;
  return law;
}

/// In a box with this lower corner.
Settings bowl(double lower = -4)
{
  return {"Landscape/Kind=quadratic",           "Landscape/Constants=a=1, b=2, c=3",
          assign("Noise/Learning rate", k),     "Domain/Kind=box",
          assign("Domain/Lower corner", lower), "Domain/Upper corner=4"};
}

template <int dim>
Settings gaussian(double deviation)
{
  return {dim == 1   ? "Initial density/Mean=0.5"
          : dim == 2 ? "Initial density/Mean=0.5, -0.3"
                     : "Initial density/Mean=0.5, -0.3, -0.3",
          assign("Initial density/Standard deviation", deviation)};
}

/// A run that leaves its folder behind, for as long as this lives.
class EarlierRun
{
public:
  template <int dim>
  EarlierRun(std::integral_constant<int, dim>, const Settings &settings)
      : folder_(testing::TempDir() + "lowland_earlier_run")
  {
    RunOptions options;
    options.output = folder_;
    options.quiet = options.overwrite = true;
    const Parameters parameters = Parameters::from_text(
        "", "test", Settings{"Dimension=" + std::to_string(dim), "Output/Fields="} + settings);
    evolve(parameters, options);
  }
  ~EarlierRun()
  {
    MPI_Barrier(MPI_COMM_WORLD);
    if (dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0)
      std::filesystem::remove_all(folder_);
  }
  Settings as_start() const
  {
    return {"Initial density/Kind=file", "Initial density/File=" + folder_};
  }

private:
  std::string folder_;
};

template <int dim>
void expect_law(const Settings &settings, double end, const Gaussian<dim> &exact, double error)
{
  const auto records = run_evolution<dim>(
      settings + Settings{assign("Time/End", end), assign("Time/Output times", end)},
      [&](double, const Problem<dim> &problem, const PETScVector &u) {
        EXPECT_LE(l1_distance(problem, u, [&](const Coordinates &x) { return exact.density(x); }),
                  error);
      });
  EXPECT_NEAR(records.back()["mass"], 1, 1e-11);
}

/// Half-way with w = pi and continuous elements, the other half on another mesh, with w = 1 and others.
template <int dim>
void expect_to_go_on(double tolerance)
{
  SCOPED_TRACE(dim);
  const double half = 0.25, deviation = 0.3;
  const Settings wanted = {assign("Time/Tolerance", tolerance)};
  const EarlierRun first(std::integral_constant<int, dim>(),
                         bowl() + wanted + gaussian<dim>(deviation) +
                             Settings{assign("Time/End", half), assign("Time/Output times", half)});
  expect_law<dim>(bowl(-4.3) + wanted + first.as_start() +
                      Settings{"Discretization/Reference weight=one"},
                  half, law<dim>(deviation).at(2 * half), 2 * l1_promise * tolerance);
}
} // namespace

// E exp(i x) = exp(i mean - deviation^2/2) of a normal density, however often it is wrapped around.
TEST(StartAroundACircle, HasTheMomentsOfTheWrappedNormalDensity)
{
  for (const double mean : {0.3, 0.3 - 4 * M_PI, 3.0})
    for (const double deviation : {0.1, 0.5, 2.0, 30.0})
      for (const int dim : {1, 2})
      {
        const Settings settings = {
            "Landscape/Loss=2+sin(x)" + std::string(dim == 2 ? "+y^2" : ""),
            "Noise/Intensity=5",
            "Domain/Kind=box",
            dim == 1 ? "Domain/Lower corner=0" : "Domain/Lower corner=0, -4",
            assign("Domain/Upper corner", 2 * M_PI) + (dim == 1 ? "" : ", 4"),
            "Domain/Periodic=x",
            assign("Initial density/Mean", mean) + (dim == 2 ? ", 0.5" : ""),
            assign("Initial density/Standard deviation", deviation) + (dim == 2 ? ", 0.3" : ""),
            "Time/End=0",
            "Time/Output times=0",
            "Output/Observables=c = cos(x); s = sin(x)"};
        const auto records = dim == 1 ? run_evolution<1>(settings) : run_evolution<2>(settings);
        const double length = std::exp(-deviation * deviation / 2);
        EXPECT_NEAR(records[0]["c"], length * std::cos(mean), 1e-3) << mean << " " << deviation;
        EXPECT_NEAR(records[0]["s"], length * std::sin(mean), 1e-3) << mean << " " << deviation;
      }
}

TEST(StartFromAFile, GoesOnLikeTheRunItself)
{
  expect_to_go_on<1>(1e-4);
  expect_to_go_on<2>(1e-3);
  expect_to_go_on<3>(1e-1);
}

TEST(StartFromAFile, SeesANeedleInAWideDomain)
{
  const double deviation = 1e-3;
  const EarlierRun first(std::integral_constant<int, 2>(),
                         bowl() + gaussian<2>(deviation) + Settings{"Time/End=0"});
  expect_law<2>(bowl() + first.as_start(), 0, law<2>(deviation).at(0), 2 * l1_promise * 1e-3);
}

// The box is found once, and cut by an exit once: the density would be read on a mesh of another width.
TEST(StartFromAFile, InABoxThatWasFoundAndCut)
{
  const Settings at_once = {"Time/End=0", "Time/Output times=0"};
  const auto expect_same_start = [&](auto dim, const std::string &exit) {
    SCOPED_TRACE(exit);
    const Settings problem =
        Settings{"Landscape/Kind=quadratic", "Noise/Learning rate=0.1", "Escape/Exit=" + exit} +
        at_once;
    const Settings gaussian = {"Initial density/Standard deviation=0.3"};
    const EarlierRun first(dim, problem + gaussian);
    const auto before = run_evolution<dim()>(problem + gaussian),
               after = run_evolution<dim()>(problem + first.as_start());
    EXPECT_NEAR(after[0]["second_moment_x"], before[0]["second_moment_x"], 1e-3);
    EXPECT_NEAR(after[0]["mass"], 1, 1e-3);
  };
  expect_same_start(std::integral_constant<int, 1>(), "x > 1.2");
  expect_same_start(std::integral_constant<int, 2>(), "x > 1.2 || y < -1.5");
  expect_same_start(std::integral_constant<int, 2>(), "x^2 + y^2 > 2");
}

TEST(StartFromAFile, OnABall)
{
  const Settings ball = {"Landscape/Kind=quadratic",
                         "Landscape/Constants=a=1, b=2",
                         assign("Noise/Learning rate", k),
                         "Domain/Kind=ball",
                         "Domain/Radius=1",
                         "Initial density/Standard deviation=0.5"};
  const EarlierRun first(std::integral_constant<int, 2>(),
                         ball + Settings{"Time/End=20", "Time/Output times=20"});
  const auto records = run_evolution<2>(ball + first.as_start() + Settings{"Time/End=1"});
  for (const Record &record : records)
    EXPECT_LE(record["l1_to_invariant"], 2 * l1_promise * 1e-3);
}

TEST(StartFromOtherNoise, InClosedForm)
{
  // Colder than the run, in one dimension and in two.
  const Settings cold = {"Initial density/Kind=invariant",
                         "Initial density/Noise=Learning rate=0.02"};
  OrnsteinUhlenbeck<1> line = law<1>(1);
  OrnsteinUhlenbeck<2> plane = law<2>(1);
  line.k = plane.k = 0.02;
  expect_law<1>(bowl() + cold, 0, line.invariant(), l1_promise * 1e-3);
  expect_law<2>(bowl() + cold, 0, plane.invariant(), l1_promise * 1e-3);
}

TEST(StartFromOtherNoise, Computed)
{
  // With D = diag(0.1, 0.6) and A = diag(1, 2): C = D A^-1.
  Gaussian<2> exact;
  exact.covariance[0][0] = 0.1;
  exact.covariance[1][1] = 0.3;
  expect_law<2>(bowl() + Settings{"Initial density/Kind=invariant",
                                  "Initial density/Noise=Kind=tensor; Tensor=xx = 0.1; yy = 0.6"},
                0, exact, l1_promise * 1e-3);
}

// The box that is found holds what is hotter, too, and belongs to the density when another run starts from it.
TEST(StartFromOtherNoise, HotterInABoxThatIsFound)
{
  OrnsteinUhlenbeck<1> hot = law<1>(1);
  hot.k = 0.4;
  for (const std::string weight : {"invariant", "one"})
  {
    SCOPED_TRACE(weight);
    const Settings cold = {"Landscape/Kind=quadratic", "Noise/Learning rate=0.05",
                           "Discretization/Reference weight=" + weight};
    const Settings start = {"Initial density/Kind=invariant",
                            "Initial density/Noise=Learning rate=0.4"};
    expect_law<1>(cold + start, 0, hot.invariant(), l1_promise * 1e-3);
    const EarlierRun first(std::integral_constant<int, 1>(),
                           cold + start + Settings{"Time/End=0", "Time/Output times=0"});
    expect_law<1>(cold + first.as_start(), 0, hot.invariant(), 2 * l1_promise * 1e-3);
  }
}

// What only the one kind reads is not asked of the other.
TEST(StartFromOtherNoise, OfAnotherKind)
{
  OrnsteinUhlenbeck<2> plane = law<2>(1);
  plane.k = k / 2;
  const Settings tensor = {"Noise/Kind=tensor", "Noise/Tensor=xx = 0.1; yy = 0.6",
                           "Initial density/Kind=invariant",
                           "Initial density/Noise=Kind = isotropic; Intensity = 0.5"};
  expect_law<2>(bowl() + tensor, 0, plane.invariant(), l1_promise * 1e-3);
  Gaussian<2> exact;
  exact.covariance[0][0] = 0.1;
  exact.covariance[1][1] = 0.3;
  const Settings isotropic = {"Noise/Intensity=0.7", "Initial density/Kind=invariant",
                              "Initial density/Noise=Kind=tensor; Tensor=xx = 0.1; yy = 0.6"};
  expect_law<2>(bowl() + isotropic, 0, exact, l1_promise * 1e-3);
}

TEST(StartFromOtherNoise, OfTheRunItselfStaysAtRest)
{
  // D = 0.3 A: C = 0.3 I.
  Gaussian<2> exact;
  exact.covariance[0][0] = exact.covariance[1][1] = 0.3;
  const Settings settings =
      bowl() + Settings{"Initial density/Kind=invariant", "Noise/Kind=hessian"};
  expect_law<2>(settings, 0, exact, l1_promise * 1e-3);
  expect_law<2>(settings, 2, exact, l1_promise * 1e-3);
}
