// The tilted double well f = (x^2-1)^2 + y^2/2 + 0.2x at eta sigma = 0.1 from N((1,0), 0.15^2 I):
// the density is a product; in x a Legendre-Galerkin reference and finite volumes with Richardson
// extrapolation agree to 3e-10 in L1, in y it is an Ornstein-Uhlenbeck process.
#include "support.h"

#include <cmath>

using namespace lowland;

namespace
{
const Settings double_well = {"Landscape/Kind=double-well",
                              "Noise/Learning rate=0.1",
                              "Domain/Kind=box",
                              "Domain/Lower corner=-2.5",
                              "Domain/Upper corner=2.5",
                              "Initial density/Mean=1, 0",
                              "Initial density/Standard deviation=0.15",
                              "Time/Output times=1",
                              "Output/Observables=left = x < 0"};
}

// At tolerance 1e-6 the L1 error is at most 3e-6; the moments of this smooth density do better.
TEST(DoubleWell, AtATightToleranceTheMomentsAreThoseOfTheSpectralReference)
{
  const Record record = run_evolution<2>(double_well + Settings{"Time/Tolerance=1e-6"}).back();
  EXPECT_NEAR(record["mean_x"], 0.949080652, 1e-6);
  EXPECT_NEAR(record["second_moment_x"], 0.916901079, 1e-6);
  EXPECT_NEAR(record["left"], 1.353191e-4, 1e-6);
  const double variance = 0.15 * 0.15 * std::exp(-2.0) + 0.1 * (1 - std::exp(-2.0));
  EXPECT_NEAR(record["mean_y"], 0, 1e-6);
  EXPECT_NEAR(record["covariance_yy"], variance, 1e-6);
  EXPECT_NEAR(record["mass"], 1, 1e-11);
}

TEST(DoubleWell, TheDefaultToleranceIsKept)
{
  const Record record = run_evolution<2>(double_well).back();
  const double error = l1_promise * 1e-3;
  EXPECT_NEAR(record["mean_x"], 0.949080652, error * 2.5);
  EXPECT_NEAR(record["left"], 1.353191e-4, error);
  EXPECT_GE(record["minimum_density"], -1e-9 * record["maximum_density"]);
}

// On the line the tilted well's density is the first factor: both solvers must find the same
// escape.
TEST(DoubleWell, TheLineGivesTheSameEscapeAsThePlane)
{
  const Settings line = {"Landscape/Kind=double-well",
                         "Noise/Learning rate=0.1",
                         "Domain/Kind=box",
                         "Domain/Lower corner=-2.5",
                         "Domain/Upper corner=2.5",
                         "Initial density/Mean=1",
                         "Initial density/Standard deviation=0.15",
                         "Time/Output times=1",
                         "Output/Observables=left = x < 0",
                         "Time/Tolerance=1e-6"};
  const Record record = run_evolution<1>(line).back();
  EXPECT_NEAR(record["mean_x"], 0.949080652, 1e-6);
  EXPECT_NEAR(record["second_moment_x"], 0.916901079, 1e-6);
  EXPECT_NEAR(record["left"], 1.353191e-4, 1e-7);
}
