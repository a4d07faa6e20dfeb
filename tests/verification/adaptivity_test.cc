// The mesh finds what it must resolve: a start a thousand times narrower than the coarse cells; and
// the computed density obeys d/dt E f = -E|grad f|^2 + E Tr(D Hess f) - boundary terms.
#include "support.h"

#include <cmath>

using namespace lowland;

namespace
{
constexpr double tolerance = 1e-3, deviation = 1e-3;

const Settings needle = {"Landscape/Kind=quadratic",
                         "Landscape/Constants=a=1, b=1",
                         "Noise/Learning rate=0.3",
                         "Domain/Kind=box",
                         "Domain/Lower corner=-5",
                         "Domain/Upper corner=5",
                         assign("Initial density/Standard deviation", deviation),
                         assign("Time/Tolerance", tolerance)};

/// `off`: a mean that is no vertex of a bisected mesh.
template <int dim>
void expect_resolved_needle(double off)
{
  const std::string mean = std::to_string(off) + (dim == 2 ? ", " + std::to_string(-off) : "");
  double distance = 0;
  const auto records = run_evolution<dim>(
      needle + Settings{"Initial density/Mean=" + mean, "Time/End=0", "Time/Output times=0"},
      [&](double, const Problem<dim> &problem, const PETScVector &u) {
        Gaussian<dim> exact;
        for (unsigned int i = 0; i < dim; ++i)
        {
          exact.mean[i] = i == 0 ? off : -off;
          exact.covariance[i][i] = deviation * deviation;
        }
        distance = l1_distance(problem, u, [&](const Coordinates &x) { return exact.density(x); });
      });
  const double told = records[0]["space_error_estimate"];
  EXPECT_LE(distance, 2 * told);
  EXPECT_LE(told, tolerance);
  EXPECT_LE(distance, tolerance);
  EXPECT_NEAR(records[0]["mass"], 1, 1e-11);
  // Relative to the needle's own width: an L1 error of the tolerance within 5 deviations.
  EXPECT_NEAR(records[0]["mean_x"], off, 5 * tolerance * deviation);
  EXPECT_NEAR(records[0]["covariance_xx"], deviation * deviation,
              25 * tolerance * deviation * deviation);
}
} // namespace

TEST(Adaptivity, ANeedleOnTheLineIsResolved)
{
  expect_resolved_needle<1>(0);
  expect_resolved_needle<1>(0.737);
}

TEST(Adaptivity, ANeedleInThePlaneIsResolved)
{
  expect_resolved_needle<2>(0);
  expect_resolved_needle<2>(0.737);
}

// On a line cells may have forty levels, also those of discontinuous elements.
TEST(Adaptivity, ANeedleOfARoundingIsResolved)
{
  for (const char *element : {"continuous", "discontinuous"})
  {
    const auto records = run_evolution<1>(
        {std::string("Discretization/Element=") + element, "Landscape/Loss=x^2", "Domain/Kind=box",
         "Domain/Lower corner=-1", "Domain/Upper corner=1", "Initial density/Mean=0.1",
         "Initial density/Standard deviation=1e-10", "Time/End=0", "Time/Output times=0"});
    EXPECT_NEAR(records[0]["mean_x"], 0.1, 1e-11) << element;
  }
}

// The mesh follows the needle while it spreads: cells are given back, the error stays in bounds.
TEST(Adaptivity, TheSpreadingNeedleGivesItsCellsBack)
{
  OrnsteinUhlenbeck<1> law;
  law.hessian[0][0] = 1;
  law.k = 0.3;
  law.mean[0] = 0.737;
  law.deviation = deviation;
  const auto records = run_evolution<1>(
      needle + Settings{"Initial density/Mean=0.737",
                        "Time/Output times=0, 1e-5, 1e-3, 0.1, 1, 2, 4", "Time/End=4"},
      [&](double t, const Problem<1> &problem, const PETScVector &u) {
        const Gaussian<1> exact = law.at(t);
        EXPECT_LE(l1_distance(problem, u, [&](const Coordinates &x) { return exact.density(x); }),
                  l1_promise * tolerance)
            << "t = " << t;
      });
  EXPECT_LT(records.back()["cells"], records.front()["cells"]);
}

// Quadratic loss: E f = A:(C + m m^T)/2, so d/dt E f = -m.A^2 m - A^2:C + k Tr A, exactly.
TEST(Adaptivity, TheBalanceOfTheLossIsExactForIsotropicNoise)
{
  OrnsteinUhlenbeck<2> law;
  law.hessian[0][0] = 1;
  law.hessian[1][1] = 4;
  law.k = 0.2;
  law.mean[0] = 1;
  law.mean[1] = -0.5;
  law.deviation = 0.2;
  const auto records = run_evolution<2>({"Landscape/Kind=quadratic", "Landscape/Constants=a=1, b=4",
                                         "Noise/Learning rate=0.2", "Initial density/Mean=1, -0.5",
                                         "Initial density/Standard deviation=0.2",
                                         assign("Time/Tolerance", tolerance)});
  for (const Record &record : records)
  {
    const Gaussian<2> exact = law.at(record["time"]);
    double rate = 0;
    for (unsigned int i = 0; i < 2; ++i)
    {
      const double a = law.hessian[i][i];
      rate += law.k * a - a * a * (exact.covariance[i][i] + exact.mean[i] * exact.mean[i]);
    }
    // |grad f|^2 <= 45 within |x| < 3, |y| < 1.5, where the L1 error is made
    EXPECT_NEAR(column(record, "loss_balance"), rate, l1_promise * tolerance * 45)
        << "t = " << record["time"];
  }
}

// f = 1 + x^2 with loss-scaled noise: d/dt E f = -(4 - 2k) E x^2 + 2k.
TEST(Adaptivity, TheBalanceOfTheLossIsExactForLossScaledNoise)
{
  const double k = 0.25;
  const auto records = run_evolution<1>(
      {"Landscape/Kind=student", "Noise/Kind=loss-scaled", assign("Noise/Learning rate", k),
       "Domain/Kind=box", "Domain/Lower corner=-100", "Domain/Upper corner=100",
       "Initial density/Mean=1", "Initial density/Standard deviation=0.3",
       assign("Time/Tolerance", tolerance)});
  for (const Record &record : records)
    EXPECT_NEAR(column(record, "loss_balance"), -(4 - 2 * k) * record["second_moment_x"] + 2 * k,
                1e-9)
        << "t = " << record["time"];
}
