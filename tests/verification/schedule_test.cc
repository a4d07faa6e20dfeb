// Learning rate schedules: D(t) = s(t) D, s = eta(t)/(largest eta). On f = a x^2/2 with D = k,
//   m(t) = e^(-at) m0,   v(t) = e^(-2at) v0 + 2 k int_0^t s(r) e^(-2a(t-r)) dr.
// With w = 1 the moments up to the degree carry no error of the mesh, only that of the time steps.
#include "support.h"

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <cmath>

using namespace lowland;

namespace
{
constexpr double a = 1.5, k = 0.2, v0 = 0.09, end = 4;

const Settings line = {"Landscape/Kind=quadratic", "Landscape/Constants=a=1.5",
                       "Noise/Learning rate=0.2",  "Domain/Kind=box",
                       "Domain/Lower corner=-5",   "Domain/Upper corner=5",
                       "Initial density/Mean=1",   "Initial density/Standard deviation=0.3",
                       "Time/Tolerance=1e-4"};
const Settings to_end = {"Time/End=4", "Time/Output times=4"};

const std::string section = "Learning rate schedule/";
const Settings cosine = {section + "Kind=cosine", section + "Period=3"};
const Settings cyclical = {section + "Kind=cyclical", section + "Period=1.6",
                           section + "Lowest learning rate=0.04"};
const Settings table = {section + "Kind=table",
                        section + "Table=0, 0.02; 0.7, 0.2; 0.7, 0.1; 3, 0"};

Parameters parameters(const Settings &settings)
{
  return Parameters::from_text("", "test", Settings{"Dimension=1"} + line + to_end + settings);
}

/// v(end), integrated piece by piece.
double exact_variance(const Settings &schedule)
{
  const LearningRate eta(parameters(schedule));
  double sum = 0;
  for (double t = 0; t < end;)
  {
    const auto &piece = eta.piece(t);
    const double next = std::min(piece.end, end);
    sum += boost::math::quadrature::gauss_kronrod<double, 31>::integrate(
        [&](double r) { return 2 * piece.value(r) * std::exp(-2 * a * (end - r)); }, t, next, 0);
    t = next;
  }
  return v0 * std::exp(-2 * a * end) + sum;
}

double variance(const Settings &settings)
{
  return column(run_evolution<1>(line + to_end + settings).back(), "covariance_xx");
}

double error_with_steps_of(const std::string &scheme, double step, const Settings &schedule)
{
  return std::abs(
      variance(schedule +
               Settings{"Time/Scheme=" + scheme, "Discretization/Reference weight=one",
                        "Discretization/Element=continuous", "Discretization/Initial refinement=6",
                        "Discretization/Adaptation=false", assign("Time/Time step", step)}) -
      exact_variance(schedule));
}
} // namespace

TEST(Schedule, WithoutOneTheMomentsAreThoseOfTheConstant)
{
  const double exact = v0 * std::exp(-2 * a * end) - k / a * std::expm1(-2 * a * end);
  EXPECT_NEAR(exact_variance({}), exact, 1e-14);
  EXPECT_NEAR(variance({}), exact, 1e-6);
}

TEST(Schedule, MomentsAreExactWithBothWeights)
{
  for (const Settings &schedule : {cosine, cyclical, table})
    for (const std::string weight : {"one", "invariant"})
    {
      SCOPED_TRACE(schedule.front() + ", weight " + weight);
      // the program promises an L1 error of 3e-4; (x - mean)^2 is below 1 where there is mass
      EXPECT_NEAR(variance(schedule + Settings{"Discretization/Reference weight=" + weight}),
                  exact_variance(schedule), l1_promise * 1e-4);
    }
}

TEST(Schedule, TimeStepsKeepTheirOrder)
{
  for (const auto &[scheme, order] : {std::pair{"ra34pw2", 3.0}, {"2p", 2.0}})
    for (const Settings &schedule : {cosine, cyclical, table})
    {
      SCOPED_TRACE(schedule.front() + ", " + scheme);
      const double observed = observed_order(error_with_steps_of(scheme, 0.05, schedule),
                                             error_with_steps_of(scheme, 0.025, schedule));
      EXPECT_GT(observed, order - 0.3);
      EXPECT_LT(observed, order + 0.7);
    }
}

TEST(Schedule, SchemesThatWouldLoseTheirOrderAreRefused)
{
  EXPECT_ANY_THROW(run_evolution<1>(line + to_end + cosine + Settings{"Time/Scheme=4l"}));
}

TEST(Schedule, AnnealsOntoTheMinimum)
{
  // E f -> 0 with eta -> 0; the same at constant eta stays at k/2.
  const Settings anneal = {
      "Noise/Kind=loss-scaled", "Landscape/Floor=0.2",        "Time/End=30",
      "Time/Output times=30",   section + "Kind=exponential", section + "Factor=0.1",
      section + "Period=10"};
  const auto records = run_evolution<1>(line + anneal);
  EXPECT_LT(records.back()["expected_loss"] - 0.2, 1e-4);
  EXPECT_NEAR(records.back()["mass"], 1, 1e-11);
  EXPECT_NEAR(records.back()["learning_rate"], 0.2e-3, 1e-9);
}

// Each step of the schedule narrows the density by a factor of 1.6, within a few steps in time that its mesh is too
// coarse for.
TEST(Schedule, ADensityThatNarrowsKeepsThePromise)
{
  const double curvature = 1.5, period = 0.9, factor = 0.4, tolerance = 1e-3;
  const auto variance_at = [&](double time) {
    double v = 0.09, k_now = 0.3;
    for (double t = 0; t < time; t += period, k_now *= factor)
      v = k_now / curvature +
          (v - k_now / curvature) * std::exp(-2 * curvature * std::min(period, time - t));
    return v;
  };
  run_evolution<1>({"Landscape/Loss=1.5*x^2/2", "Noise/Learning rate=0.3", section + "Kind=step",
                    assign(section + "Period", period), assign(section + "Factor", factor),
                    "Domain/Kind=box", "Domain/Lower corner=-6", "Domain/Upper corner=6",
                    "Initial density/Mean=1.2", "Initial density/Standard deviation=0.3",
                    "Time/End=4", "Time/Output times=lin(0,4,17)",
                    assign("Time/Tolerance", tolerance)},
                   [&](double t, const Problem<1> &problem, const PETScVector &u) {
                     const double v = variance_at(t), mean = 1.2 * std::exp(-curvature * t);
                     EXPECT_LE(l1_distance(problem, u,
                                           [&](const Coordinates &x) {
                                             return std::exp(-std::pow(x[0] - mean, 2) / (2 * v)) /
                                                    std::sqrt(2 * M_PI * v);
                                           }),
                               l1_promise * tolerance)
                         << "t = " << t;
                   });
}

TEST(Schedule, APulseInThePlaneFollowsItsMoments)
{
  // Hessian noise D = eta(t) A keeps C diagonal in the basis of A: along each eigenvector the line's law.
  double cxx = 0, cyy = 0;
  const LearningRate eta(parameters(cyclical));
  for (const double curvature : {1.0, 3.0})
  {
    double sum = 0.04 * std::exp(-2 * curvature * end);
    for (double t = 0; t < end;)
    {
      const auto &piece = eta.piece(t);
      const double next = std::min(piece.end, end);
      sum += boost::math::quadrature::gauss_kronrod<double, 31>::integrate(
          [&](double r) {
            return 2 * curvature * piece.value(r) * std::exp(-2 * curvature * (end - r));
          },
          t, next, 0);
      t = next;
    }
    (curvature == 1.0 ? cxx : cyy) = sum;
  }
  const auto records = run_evolution<2>(
      cyclical + Settings{"Landscape/Kind=quadratic", "Landscape/Constants=a=1, b=3",
                          "Noise/Kind=hessian", "Noise/Learning rate=0.2", "Domain/Kind=box",
                          "Domain/Lower corner=-3", "Domain/Upper corner=3",
                          "Initial density/Mean=0.5, 0.5", "Initial density/Standard deviation=0.2",
                          "Time/End=4", "Time/Output times=4", "Time/Tolerance=1e-3"});
  EXPECT_NEAR(records.back()["mean_x"], 0.5 * std::exp(-end), 1e-4);
  EXPECT_NEAR(records.back()["covariance_xx"], cxx, 1e-4);
  EXPECT_NEAR(records.back()["covariance_yy"], cyy, 1e-4);
}
