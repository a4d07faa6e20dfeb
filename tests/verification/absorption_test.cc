// Walls that absorb, against exact results.
//
// f = |x|^2/2 with D = I: the eigenfunctions of L* are Hermite polynomials along each axis, on a ball Laguerre
// polynomials of r^2/2. Where one of them vanishes on the walls it is a mode, and the slowest one if it has one sign
// inside: He_1 on a half-line 1, He_2 on [-1, 1] 2, L_1 on a disc of radius sqrt(2) and on a ball of radius sqrt(3) 2.
// The same for student: 2 x and x^2 - k/(2-k). Mean exit times are double integrals.
#include "support.h"

#include "tasks/tasks.h"

#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/expint.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

using namespace lowland;

namespace
{
using Integrand = std::function<double(double)>;

double integral(const Integrand &f, double a, double b, int n = 100)
{
  double sum = 0;
  const double h = (b - a) / n;
  for (int k = 0; k < n; ++k)
    sum += boost::math::quadrature::gauss<double, 20>::integrate(f, a + k * h, a + (k + 1) * h);
  return sum;
}

/// From x in (a, b), by Green's function: int G(x, z) pi(z) dz / k, s = 1/pi the density of the scale.
double mean_exit_time(const Integrand &scale, const Integrand &pi, double k, double a, double x,
                      double b)
{
  const auto left = [&](double z) { return pi(z) * integral(scale, a, z); };
  const auto right = [&](double z) { return pi(z) * integral(scale, z, b); };
  return (integral(scale, x, b) * integral(left, a, x, 50) +
          integral(scale, a, x) * integral(right, x, b, 50)) /
         (k * integral(scale, a, b));
}

/// `first` but for what `second` sets.
Settings operator|(Settings first, const Settings &second)
{
  for (const std::string &setting : second)
  {
    const std::string key = setting.substr(0, setting.find('=') + 1);
    first.erase(std::remove_if(first.begin(), first.end(),
                               [&](const std::string &other) { return other.rfind(key, 0) == 0; }),
                first.end());
    first.push_back(setting);
  }
  return first;
}

/// As run_evolution(), which sets the dimension itself, wants it.
Settings without_dimension(const Settings &settings)
{
  Settings rest;
  std::copy_if(settings.begin(), settings.end(), std::back_inserter(rest),
               [](const std::string &setting) { return setting.rfind("Dimension=", 0) != 0; });
  return rest;
}

/// f = |x|^2/2, D = k I, on a box that is far away but for where `settings` say.
Settings quadratic(unsigned int dimension, double k = 1)
{
  return {"Dimension=" + std::to_string(dimension),
          "Landscape/Kind=quadratic",
          "Landscape/Constants=a=1, b=1, c=1",
          assign("Noise/Learning rate", k),
          "Domain/Kind=box",
          "Domain/Lower corner=-9",
          "Domain/Upper corner=9"};
}

Settings student(double k)
{
  return {"Dimension=1", "Landscape/Kind=student", "Noise/Kind=loss-scaled",
          assign("Noise/Learning rate", k), "Domain/Kind=box"};
}

void expect_eigenvalues(const Settings &settings, const std::vector<double> &exact,
                        double tolerance)
{
  const auto summary = run_summary(
      spectrum, settings | Settings{"Spectrum/Number of eigenvalues=" +
                                    std::to_string(std::max<std::size_t>(2, exact.size()))});
  for (std::size_t n = 0; n < exact.size(); ++n)
    EXPECT_NEAR(summary["eigenvalues"][n].get<double>() / exact[n], 1, tolerance) << n;
}

const Settings right_half = {"Domain/Lower corner=0", "Domain/Absorbing=x-"};
} // namespace

TEST(Absorption, EigenvaluesOnTheLineAreThoseOfHermitePolynomials)
{
  expect_eigenvalues(quadratic(1) | right_half, {1, 3, 5}, 1e-8);
  expect_eigenvalues(quadratic(1) | Settings{"Escape/Exit=x < 0"}, {1, 3, 5}, 1e-8);
  expect_eigenvalues(quadratic(1) | Settings{"Escape/Exit=abs(x) > 1"}, {2}, 1e-8);
}

// What lies beyond a region that absorbs decays faster here and has no part in the slowest mode.
TEST(Absorption, ARegionInsideIsAWallToBothSides)
{
  const auto inside =
      run_summary(spectrum, quadratic(1) | Settings{"Escape/Exit=x > -1.3 && x < -1",
                                                    "Spectrum/Number of eigenvalues=2"});
  const auto side =
      run_summary(spectrum, quadratic(1) | Settings{"Domain/Lower corner=-1", "Domain/Absorbing=x-",
                                                    "Spectrum/Number of eigenvalues=2"});
  EXPECT_NEAR(inside["eigenvalues"][0].get<double>() / side["eigenvalues"][0].get<double>(), 1,
              1e-7);
}

TEST(Absorption, EigenvaluesDoNotDependOnTheWeight)
{
  expect_eigenvalues(quadratic(1) | right_half | Settings{"Discretization/Reference weight=one"},
                     {1, 3, 5}, 1e-7);
  expect_eigenvalues(quadratic(1) | right_half | Settings{"Discretization/Element=discontinuous"},
                     {1, 3, 5}, 1e-7);
  expect_eigenvalues(quadratic(1) | right_half | Settings{"Noise/Kind=tensor", "Noise/Tensor=1"},
                     {1, 3, 5}, 1e-7);
}

// One well that is hardly ever left: its rate drowns in round-off, and is said to; the next eigenvalues are not touched.
TEST(Absorption, AnUnresolvedRateIsSaid)
{
  const auto summary =
      run_summary(spectrum, {"Dimension=1", "Landscape/Loss=x^2/2", "Noise/Learning rate=0.01",
                             "Domain/Kind=box", "Domain/Lower corner=-1", "Domain/Upper corner=1",
                             "Domain/Absorbing=all", "Spectrum/Number of eigenvalues=3"});
  EXPECT_TRUE(summary["eigenvalues"][0].is_null());
  EXPECT_NEAR(summary["eigenvalues"][1].get<double>(), 1, 1e-8);
  ASSERT_EQ(summary["warnings"].size(), 1u);
  EXPECT_NE(summary["warnings"][0].get<std::string>().find("the rate of absorption is below"),
            std::string::npos);
}

TEST(Absorption, EigenvaluesOfStudent)
{
  expect_eigenvalues(student(0.25) | Settings{"Domain/Upper corner=1000", "Domain/Lower corner=0",
                                              "Domain/Absorbing=x-"},
                     {2}, 1e-6);
  expect_eigenvalues(student(0.5) | Settings{"Domain/Lower corner=-2", "Domain/Upper corner=2",
                                             "Escape/Exit=x^2 > 1/3"},
                     {3}, 1e-8);
}

TEST(Absorption, EigenvaluesInMoreDimensions)
{
  expect_eigenvalues(quadratic(2) | Settings{"Domain/Lower corner=0, -9", "Domain/Absorbing=x-"},
                     {1, 2, 3, 3}, 1e-8);
  expect_eigenvalues(quadratic(2) |
                         Settings{"Domain/Kind=ball", assign("Domain/Radius", std::sqrt(2)),
                                  "Domain/Absorbing=all"},
                     {2}, 1e-6);
  expect_eigenvalues(quadratic(3) | Settings{"Escape/Exit=abs(x) > 1 || abs(y) > 1 || abs(z) > 1",
                                             "Domain/Lower corner=-2", "Domain/Upper corner=2"},
                     {6}, 1e-6);
}

// Brownian motion leaves a ball after (R^2 - r^2)/(2 d D) in the mean, also from points that vertices and sides of cells
// are on.
TEST(Absorption, ExitTimesOfABall)
{
  for (const int dimension : {2, 3})
  {
    const std::string zeros = dimension == 2 ? ",0" : ",0,0";
    const auto summary =
        run_summary(escape, {"Dimension=" + std::to_string(dimension), "Landscape/Loss=0",
                             "Noise/Learning rate=0.5", "Domain/Kind=ball", "Domain/Radius=1",
                             "Domain/Absorbing=all", "Time/Tolerance=1e-2",
                             "Escape/From=(0" + zeros + "), (0.5" + zeros + ")"});
    std::vector<double> times;
    for (const auto &rate : summary["rates"])
      times.push_back(rate["mfpt"]);
    ASSERT_EQ(times.size(), 2u);
    EXPECT_NEAR(times[0], 1.0 / dimension, 1e-6);
    EXPECT_NEAR(times[1], 0.75 / dimension, 1e-6);
  }
}

// Of K parameters with f = r^2/2: T(0) = int_0^b int_0^1 r t^(K-1) exp(r^2 (1 - t^2)/(2k)) dt dr / k.
TEST(Absorption, ExitTimesOfManyParameters)
{
  const double k = 0.2;
  for (const auto &[dimension, b] : {std::pair{3.0, 2.2}, {10.0, 1.5}, {30.0, 4.0}, {100.0, 6.0}})
  {
    SCOPED_TRACE(dimension);
    const auto summary = run_summary(
        escape,
        {"Dimension=1", "Landscape/Loss=x^2/2", assign("Landscape/Radial dimension", dimension),
         assign("Noise/Learning rate", k), "Domain/Kind=box", "Domain/Lower corner=0",
         assign("Domain/Upper corner", b), "Domain/Absorbing=x+", "Escape/Tolerance=1e-6"});
    const auto slope = [&, power = dimension - 1](double r) {
      const auto share = [&](double t) {
        return std::pow(t, power) * std::exp(r * r * (1 - t * t) / (2 * k));
      };
      return r / k * integral(share, 0, 1);
    };
    const double exact = integral(slope, 0, b);
    EXPECT_NEAR(summary["rates"][0]["mfpt"].get<double>(), exact, 1e-6 * exact);
  }
}

// Beside x, from a minimum at r = 0, the time to a wall across x is that of the line.
TEST(Absorption, ExitTimesBesideARadius)
{
  const auto exits = [](const char *dimension, const char *learning_rate, Settings more) {
    more = more | Settings{"Domain/Kind=box", "Domain/Absorbing=x+",
                           std::string("Noise/Learning rate=") + learning_rate,
                           std::string("Dimension=") + dimension};
    return run_summary(escape, more)["rates"][0];
  };
  for (const char *learning_rate : {"0.1", "0.05"})
  {
    SCOPED_TRACE(learning_rate);
    const auto on_the_line = exits("1", learning_rate,
                                   {"Landscape/Loss=(x^2-1)^2", "Domain/Lower corner=-2",
                                    "Domain/Upper corner=1", "Escape/Tolerance=1e-6"}),
               beside_radius =
                   exits("2", learning_rate,
                         {"Landscape/Loss=(x^2-1)^2 + y^2/2", "Landscape/Radial dimension=10",
                          "Domain/Lower corner=-2, 0", "Domain/Upper corner=1, 4"});
    const double time = on_the_line["mfpt"].get<double>();
    EXPECT_NEAR(beside_radius["mfpt"].get<double>(), time, 2e-3 * time);
    EXPECT_NEAR(beside_radius["exits"]["x+"].get<double>(), 1, 1e-9);
  }
}

// Of degree p eigenvalues have order 2p, walls or not; discontinuous elements may gain up to one.
TEST(Absorption, OrdersOfConvergence)
{
  const Settings wells = {"Dimension=1",
                          "Landscape/Loss=x^4/4 - x^2/2 + 0.3*x",
                          "Noise/Learning rate=0.5",
                          "Domain/Kind=box",
                          "Domain/Lower corner=-1.5",
                          "Domain/Upper corner=1.7",
                          "Domain/Absorbing=all"};
  const double exact = run_summary(spectrum, wells)["eigenvalues"][1].get<double>();
  for (const std::string element : {"continuous", "discontinuous"})
    for (const int degree : {1, 2})
    {
      std::vector<double> errors;
      for (const char *refinement : {"5", "6"})
      {
        const auto summary = run_summary(
            spectrum,
            wells | Settings{"Discretization/Adaptation=false",
                             std::string("Discretization/Initial refinement=") + refinement,
                             "Discretization/Element=" + element,
                             "Discretization/Degree=" + std::to_string(degree)});
        errors.push_back(std::abs(summary["eigenvalues"][1].get<double>() - exact));
      }
      EXPECT_GT(observed_order(errors[0], errors[1]), 2 * degree - 0.2) << element << degree;
      EXPECT_LT(observed_order(errors[0], errors[1]),
                2 * degree + (element == "continuous" ? 0.3 : 1.2))
          << element << degree;
    }
}

// A curved rim is a staircase of cells, on the fixed mesh too coarse by the size of a cell: first order.
TEST(Absorption, CurvedRimsConvergeWithTheirCells)
{
  std::vector<double> errors;
  for (const char *refinement : {"4", "6"})
  {
    const auto summary = run_summary(
        spectrum,
        quadratic(2) | Settings{"Domain/Lower corner=-2", "Domain/Upper corner=2",
                                "Escape/Exit=x^2 + y^2 > 2", "Discretization/Adaptation=false",
                                "Discretization/Degree=2", "Spectrum/Number of eigenvalues=2",
                                std::string("Discretization/Initial refinement=") + refinement});
    errors.push_back(std::abs(summary["eigenvalues"][0].get<double>() / 2 - 1));
  }
  EXPECT_LT(errors[0], 0.3);
  EXPECT_LT(errors[1], 0.45 * errors[0]);
}

TEST(Absorption, QuasiStationaryDensity)
{
  // On the half-line u = x: rho = x exp(-x^2/2), of mean sqrt(pi/2).
  const auto summary =
      run_summary(stationary, quadratic(1) | right_half | Settings{"Stationary/Tolerance=1e-5"});
  EXPECT_NEAR(summary["quasi_stationary_rate"].get<double>(), 1, 1e-6);
  EXPECT_NEAR(summary["spectral_gap"].get<double>(), 2, 1e-4);
  EXPECT_NEAR(summary["mean"][0].get<double>(), std::sqrt(M_PI / 2), 1e-5);
  EXPECT_NEAR(summary["second_moment"][0].get<double>(), 2, 1e-4);
  EXPECT_FALSE(summary.contains("l1_to_invariant"));
}

// Reflection: from rho_0 = N(m, s^2) - N(-m, s^2) on x > 0 the same difference at all times.
TEST(Absorption, SurvivalOnTheHalfLine)
{
  const double m = 1.5, s = 0.5;
  const auto survival = [&](double t) {
    const double v = s * s * std::exp(-2 * t) + 1 - std::exp(-2 * t);
    return std::erf(m * std::exp(-t) / std::sqrt(2 * v)) / std::erf(m / (s * std::sqrt(2)));
  };
  const Settings run =
      quadratic(1) | right_half |
      Settings{"Initial density/Kind=expression",
               "Initial density/Formula=exp(-2*(x-1.5)^2) - exp(-2*(x+1.5)^2)", "Time/End=4",
               "Time/Output times=0, 0.5, 1, 2, 3, 4", "Time/Tolerance=1e-4"};
  for (const Settings &element :
       {Settings{}, Settings{"Discretization/Reference weight=one"},
        Settings{"Discretization/Reference weight=one", "Discretization/Element=continuous"}})
  {
    const auto records = run_evolution<1>(without_dimension(run | element));
    for (const Record &record : records)
    {
      const double exact = survival(column(record, "time"));
      EXPECT_NEAR(column(record, "survival_probability"), exact, l1_promise * 1e-4);
      EXPECT_NEAR(column(record, "exited"), 1 - exact, l1_promise * 1e-4);
      EXPECT_NEAR(column(record, "mass_error"), 0, 1e-4); // two integrals of the same flux
    }
    // The exact rate at time 4 is 1 + O(e^-8).
    EXPECT_NEAR(column(records.back(), "hazard_rate"), 1, 2e-3);
    EXPECT_TRUE(std::isnan(records.back()["l1_to_invariant"]));
  }
}

// What continuous elements cannot have of a start that does not vanish at a wall lies beside the wall and leaves at once:
// it counts as absorbed, and the rest is not scaled up for it. Reflection: from x a particle is left at time t with the
// probability erf(x e^-t / sqrt(2 (1 - e^-2t))).
TEST(Absorption, AStartThatDoesNotVanishAtTheWall)
{
  const double m = 0.3, s = 0.4;
  const auto survival = [&](double t) {
    double left = 0, all = 0;
    for (int k = 0; k < 20000; ++k)
    {
      const double x = (k + 0.5) * 3e-4, density = std::exp(-0.5 * std::pow((x - m) / s, 2));
      all += density;
      left += density *
              (t > 0 ? std::erf(x * std::exp(-t) / std::sqrt(2 * (1 - std::exp(-2 * t)))) : 1.0);
    }
    return left / all;
  };
  for (const double tolerance : {1e-2, 1e-3, 1e-4})
    for (const std::string weight : {"auto", "one"})
    {
      const auto records = run_evolution<1>(without_dimension(
          quadratic(1) | right_half |
          Settings{assign("Initial density/Mean", m),
                   assign("Initial density/Standard deviation", s),
                   "Discretization/Reference weight=" + weight, "Time/End=1",
                   "Time/Output times=0, 0.01, 0.1, 1", assign("Time/Tolerance", tolerance)}));
      for (const Record &record : records)
      {
        const double exact = survival(column(record, "time"));
        EXPECT_NEAR(column(record, "survival_probability"), exact, l1_promise * tolerance)
            << "t = " << column(record, "time") << ", weight " << weight;
        EXPECT_NEAR(column(record, "mass_error"), 0, l1_promise * tolerance);
      }
    }
}

TEST(Absorption, SurvivalInThePlaneDecaysWithTheQuasiStationaryRate)
{
  const Settings disc =
      quadratic(2) |
      Settings{"Domain/Kind=ball", assign("Domain/Radius", std::sqrt(2)), "Domain/Absorbing=all"};
  const auto records = run_evolution<2>(without_dimension(
      disc | Settings{"Initial density/Mean=0.3, 0.1", "Initial density/Standard deviation=0.2",
                      "Time/End=2", "Time/Tolerance=1e-3"}));
  EXPECT_NEAR(column(records.back(), "hazard_rate"), 2, 1e-2); // the next mode decays like e^(-t 5)
  EXPECT_NEAR(column(records.back(), "mass_error"), 0, 1e-3);
}

// The rim of a region is kept fine while it moves nothing: a coarser staircase would absorb elsewhere.
TEST(Absorption, SurvivalBehindACurvedRim)
{
  const Settings disc = quadratic(2) | Settings{"Domain/Lower corner=-2",
                                                "Domain/Upper corner=2",
                                                "Escape/Exit=x^2 + y^2 > 2",
                                                "Initial density/Mean=0.3, 0.1",
                                                "Initial density/Standard deviation=0.2",
                                                "Time/End=1.5",
                                                "Time/Tolerance=1e-2"};
  const auto records = run_evolution<2>(without_dimension(disc));
  EXPECT_NEAR(column(records.back(), "hazard_rate"), 2, 0.04);
}

TEST(Absorption, MeanExitTimeFromTheMiddleOfADisc)
{
  // T(0) = int_0^R (e^(r^2/2k) - 1)/r dr = (Ei(z) - log z - gamma)/2, z = R^2/2k; at k = 0.005 1e41. Once with
  // nothing pinned, once with the well.
  for (const double k : {0.5, 0.005})
  {
    const auto summary = run_summary(
        escape, quadratic(2, k) | Settings{"Domain/Kind=ball", "Domain/Radius=1",
                                           "Domain/Absorbing=all", "Escape/Tolerance=1e-3"});
    const double z = 1 / (2 * k), gamma = 0.57721566490153286;
    const double exact = (boost::math::expint(z) - std::log(z) - gamma) / 2;
    EXPECT_NEAR(summary["rates"][0]["mfpt"].get<double>() / exact, 1, 1e-3) << k;
    EXPECT_EQ(summary["rates"][0]["to"], "exit");
  }
}

TEST(Absorption, ExitFromAnIntervalOnBothSides)
{
  const double k = 0.05;
  const auto f = [](double x) { return x * x / 2; };
  const auto scale = [&](double x) { return std::exp(f(x) / k); };
  const auto pi = [&](double x) { return std::exp(-f(x) / k); };
  const double a = -0.9, b = 1;
  const double right = integral(scale, a, 0) / integral(scale, a, b);
  const double exact = mean_exit_time(scale, pi, k, a, 0, b);
  for (const Settings &noise : {Settings{}, Settings{"Noise/Kind=tensor", "Noise/Tensor=0.05"}})
  {
    const auto rate = run_summary(
        escape, quadratic(1, k) | noise |
                    Settings{"Escape/Exit=x > 1 || x < -0.9", "Escape/Tolerance=1e-7"})["rates"][0];
    EXPECT_NEAR(rate["mfpt"].get<double>() / exact, 1, 1e-7);
    EXPECT_NEAR(rate["exits"]["x+"].get<double>() / right, 1, 1e-6);
    EXPECT_NEAR(rate["exits"]["x-"].get<double>() / (1 - right), 1, 1e-6);
  }
}

// Several wells between the walls, two of them left free.
TEST(Absorption, WellsOnTheWayOut)
{
  const std::string f = "1 - cos(6*x)";
  const double k = 0.1, a = -1.6, b = 2.6, start = 0;
  const auto loss = [](double x) { return 1 - std::cos(6 * x); };
  const auto scale = [&](double x) { return std::exp(loss(x) / k); };
  const auto pi = [&](double x) { return std::exp(-loss(x) / k); };
  const double exact = mean_exit_time(scale, pi, k, a, start, b);
  const Settings settings = {"Landscape/Loss=" + f, assign("Noise/Learning rate", k),
                             "Domain/Kind=box", "Domain/Absorbing=x-, x+"};
  const Settings line = {"Dimension=1", "Domain/Lower corner=-1.6", "Domain/Upper corner=2.6",
                         "Escape/Tolerance=1e-7", "Escape/From=(0)"};
  const auto on_line = run_summary(escape, settings | line)["rates"][0];
  EXPECT_NEAR(on_line["mfpt"].get<double>() / exact, 1, 1e-7);
  EXPECT_NEAR(on_line["exits"]["x+"].get<double>(),
              integral(scale, a, start) / integral(scale, a, b), 1e-7);
}
