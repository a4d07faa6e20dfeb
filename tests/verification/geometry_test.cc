// Domains and meshes other than a reflecting box: the disc, periodic sides, the radial measure
// r^(K-1), hanging nodes. Each against a closed form in which the geometry shows.
#include "support.h"

#include <cmath>

using namespace lowland;

namespace
{
constexpr double tolerance = 1e-3, error = l1_promise * tolerance;
} // namespace

// The rim cuts the Gibbs density off where it is e^-1 of its maximum; with w = 1 nothing of it is
// built in.
TEST(Geometry, InADiscTheReflectingRimKeepsTheGibbsDensity)
{
  const double k = 0.5, z = 2 * M_PI * k * (1 - std::exp(-1 / (2 * k)));
  const auto records = run_evolution<2>(
      {"Landscape/Kind=quadratic", "Landscape/Constants=a=1, b=1", assign("Noise/Learning rate", k),
       "Domain/Kind=ball", "Domain/Radius=1", "Initial density/Mean=0.4, 0.2",
       "Initial density/Standard deviation=0.2", "Discretization/Reference weight=one",
       "Time/End=10", "Time/Output times=10"},
      [&](double, const Problem<2> &problem, const PETScVector &u) {
        EXPECT_LE(l1_distance(problem, u,
                              [&](const Coordinates &x) {
                                return std::exp(-(x[0] * x[0] + x[1] * x[1]) / (2 * k)) / z;
                              }),
                  error);
      });
  // E r^2 of that density
  const double second = 2 * k - std::exp(-1 / (2 * k)) / (1 - std::exp(-1 / (2 * k)));
  EXPECT_NEAR(records[0]["second_moment_x"] + records[0]["second_moment_y"], second, error);
  EXPECT_NEAR(records[0]["mass"], 1, 1e-11);
}

// Almost free diffusion on a circle: E cos(x - x0) decays like e^(-kt), also across the seam.
TEST(Geometry, OnACircleFourierModesDecayByThemselves)
{
  const double k = 0.5, deviation = 0.3, mean = 4.2;
  const auto records = run_evolution<1>(
      {"Landscape/Loss=1e-9*(1 - cos(x))", assign("Noise/Learning rate", k), "Domain/Kind=box",
       "Domain/Lower corner=0", assign("Domain/Upper corner", 2 * M_PI), "Domain/Periodic=x",
       assign("Initial density/Mean", mean),
       assign("Initial density/Standard deviation", deviation), "Time/End=4",
       "Output/Observables=c = cos(x); s = sin(x); c2 = cos(2*x)"});
  for (const Record &record : records)
  {
    const double t = record["time"], v = deviation * deviation;
    EXPECT_NEAR(record["c"], std::cos(mean) * std::exp(-v / 2 - k * t), error) << "t = " << t;
    EXPECT_NEAR(record["s"], std::sin(mean) * std::exp(-v / 2 - k * t), error) << "t = " << t;
    EXPECT_NEAR(record["c2"], std::cos(2 * mean) * std::exp(-2 * v - 4 * k * t), error);
    EXPECT_NEAR(record["mass"], 1, 1e-11);
  }
}

// The same along x, times an Ornstein-Uhlenbeck process along y, from a start so narrow and so
// close to the seam that the cells on its two sides differ in size.
TEST(Geometry, OnACylinderFourierModesDecayByThemselves)
{
  const double k = 0.5, deviation = 0.08, mean = 5.7;
  for (const std::string element : {"continuous", "discontinuous"})
  {
    SCOPED_TRACE(element);
    const auto records = run_evolution<2>(
        {"Landscape/Loss=1e-9*(1 - cos(x)) + y^2/2", assign("Noise/Learning rate", k),
         "Domain/Kind=box", "Domain/Lower corner=0, -4", "Domain/Upper corner=6.283185307179586, 4",
         "Domain/Periodic=x", "Initial density/Mean=5.7, 0.5",
         assign("Initial density/Standard deviation", deviation),
         "Discretization/Element=" + element, "Time/End=2",
         "Output/Observables=c = cos(x); s = sin(x)"});
    for (const Record &record : records)
    {
      const double t = record["time"], v = deviation * deviation;
      EXPECT_NEAR(record["c"], std::cos(mean) * std::exp(-v / 2 - k * t), error) << "t = " << t;
      EXPECT_NEAR(record["s"], std::sin(mean) * std::exp(-v / 2 - k * t), error) << "t = " << t;
      EXPECT_NEAR(record["mean_y"], 0.5 * std::exp(-t), 4 * error) << "t = " << t;
      EXPECT_NEAR(record["mass"], 1, 1e-11);
    }
  }
}

// f = 1 - cos x on the circle: the von Mises density e^(cos(x)/k) / (2 pi I_0(1/k)), with w = 1.
TEST(Geometry, OnACircleTheLimitIsVonMises)
{
  const double k = 0.5, z = 2 * M_PI * std::cyl_bessel_i(0.0, 1 / k);
  run_evolution<1>(
      {"Landscape/Loss=1 - cos(x)", assign("Noise/Learning rate", k), "Domain/Kind=box",
       "Domain/Lower corner=0", assign("Domain/Upper corner", 2 * M_PI), "Domain/Periodic=x",
       "Initial density/Mean=4.2", "Initial density/Standard deviation=0.3",
       "Discretization/Reference weight=one", "Time/End=30", "Time/Output times=30"},
      [&](double, const Problem<1> &problem, const PETScVector &u) {
        EXPECT_LE(
            l1_distance(problem, u,
                        [&](const Coordinates &x) { return std::exp(std::cos(x[0]) / k) / z; }),
            error);
      });
}

// One radius stands for K = 3 parameters: the Gaussian N(0, v I) in R^3, v' = -2av + 2k.
TEST(Geometry, ARadiusOfThreeParametersGivesTheGaussianInSpace)
{
  const double a = 1, k = 0.3, deviation = 0.4;
  for (const std::string weight : {"invariant", "one"})
  {
    SCOPED_TRACE(weight);
    run_evolution<1>(
        {"Landscape/Kind=quadratic", "Landscape/Constants=a=1", "Landscape/Radial dimension=3",
         assign("Noise/Learning rate", k), "Domain/Kind=box", "Domain/Lower corner=0",
         "Domain/Upper corner=5", "Initial density/Mean=0",
         assign("Initial density/Standard deviation", deviation),
         "Discretization/Reference weight=" + weight, "Time/End=1"},
        [&](double t, const Problem<1> &problem, const PETScVector &u) {
          const double v = k / a + (deviation * deviation - k / a) * std::exp(-2 * a * t);
          EXPECT_LE(l1_distance(problem, u,
                                [&](const Coordinates &x) {
                                  return std::exp(-x[0] * x[0] / (2 * v)) /
                                         std::pow(2 * M_PI * v, 1.5);
                                }),
                    error)
              << "t = " << t;
        });
  }
}

// Of many parameters: the mass lies around a shell on which pi is e^-15 and e^-50 of what it is at the minimum.
TEST(Geometry, ARadiusOfManyParameters)
{
  const double k = 0.2;
  for (const double dimension : {30.0, 100.0})
  {
    const auto records = run_evolution<1>(
        {"Landscape/Loss=x^2/2", assign("Landscape/Radial dimension", dimension),
         assign("Noise/Learning rate", k), "Domain/Kind=box", "Domain/Lower corner=0",
         "Domain/Upper corner=10", "Initial density/Kind=expression",
         "Initial density/Formula=exp(-2*(x-2)^2)", "Time/Tolerance=1e-3",
         "Time/Output times=0, 0.1, 1"});
    const double at_start = column(records.front(), "second_moment_x"), in_the_end = dimension * k;
    for (const Record &record : records)
    {
      const double decay = std::exp(-2 * column(record, "time"));
      EXPECT_NEAR(column(record, "second_moment_x"), in_the_end + (at_start - in_the_end) * decay,
                  l1_promise * 1e-3 * at_start);
      EXPECT_LT(column(record, "mass_beyond_walls"), 1e-3);
    }
  }
}

// Two elements and two meshes with hanging nodes, one density: each within its own tolerance.
TEST(Geometry, BothElementsAgreeOnMeshesWithHangingNodes)
{
  const Settings basins = {"Landscape/Kind=two-basins",
                           "Landscape/Floor=0.1",
                           "Noise/Kind=loss-scaled",
                           "Noise/Learning rate=0.3",
                           "Domain/Kind=box",
                           "Domain/Lower corner=-4",
                           "Domain/Upper corner=4",
                           "Initial density/Mean=0.5, 0.5",
                           "Initial density/Standard deviation=0.3",
                           "Output/Observables=g = exp(-(x-1)^2 - y^2); h = 1/(1 + exp(4*x))"};
  const auto q = run_evolution<2>(basins + Settings{"Discretization/Element=continuous"});
  const auto dg = run_evolution<2>(basins + Settings{"Discretization/Element=discontinuous"});
  ASSERT_EQ(q.size(), dg.size());
  for (std::size_t i = 0; i < q.size(); ++i)
    for (const std::string name : {"g", "h"})
      EXPECT_NEAR(column(q[i], name), column(dg[i], name), 2 * error)
          << name << " at t = " << q[i]["time"];
}
