// A start far broader than the wells, at small temperature: it is not in L2(1/pi), so that w = pi
// alone would fail; the solver must run, conserve mass and stay non-negative up to 1e-6 of the
// maximum.
#include "support.h"

using namespace lowland;

namespace
{
const Settings cold = {"Noise/Learning rate=0.01", "Initial density/Standard deviation=1"};

void expect_sound(const std::vector<Record> &records)
{
  for (const Record &record : records)
  {
    SCOPED_TRACE(record["time"]);
    EXPECT_NEAR(record["mass"], 1, 1e-11);
    EXPECT_GE(record["minimum_density"], -1e-6 * record["maximum_density"]);
  }
}
} // namespace

TEST(BroadStart, OnTheLine)
{
  expect_sound(run_evolution<1>(cold + Settings{"Landscape/Kind=double-well"}));
}

TEST(BroadStart, InThePlane)
{
  expect_sound(
      run_evolution<2>(cold + Settings{"Landscape/Kind=double-well", "Domain/Kind=box",
                                       "Domain/Lower corner=-3", "Domain/Upper corner=3"}));
}

// In a quadratic well the broad Gaussian contracts exactly.
TEST(BroadStart, InAQuadraticWellTheErrorIsTheTolerance)
{
  OrnsteinUhlenbeck<2> law;
  law.hessian[0][0] = 1;
  law.hessian[1][1] = 2;
  law.k = 0.01;
  law.deviation = 1;
  expect_sound(run_evolution<2>(
      cold + Settings{"Landscape/Kind=quadratic", "Landscape/Constants=a=1, b=2", "Time/End=3"},
      [&](double t, const Problem<2> &problem, const PETScVector &u) {
        const Gaussian<2> exact = law.at(t);
        EXPECT_LE(l1_distance(problem, u, [&](const Coordinates &x) { return exact.density(x); }),
                  l1_promise * 1e-3)
            << "t = " << t;
      }));
}
