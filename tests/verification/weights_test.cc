// The reference weight w and its floor eps are numerics: no result may depend on them. Each kind of
// problem is solved with two floors and with w = 1. Bounded observables g are compared: two
// densities within 3 tolerances of the truth give E[g] within 6 sup|g| of each other.
#include "support.h"

using namespace lowland;

namespace
{
const double tolerance = 1e-4;
const Settings observables = {"Output/Observables=left = 1/(1 + exp(8*x)); near = exp(-x^2)"};

const Settings light_tails = {"Landscape/Kind=double-well",
                              "Noise/Learning rate=0.05",
                              "Domain/Kind=box",
                              "Domain/Lower corner=-2",
                              "Domain/Upper corner=2",
                              "Initial density/Mean=0.3",
                              "Initial density/Standard deviation=0.2"};
const Settings heavy_tails = {"Landscape/Kind=student",   "Noise/Kind=loss-scaled",
                              "Noise/Learning rate=0.5",  "Domain/Kind=box",
                              "Domain/Lower corner=-100", "Domain/Upper corner=100",
                              "Initial density/Mean=1",   "Initial density/Standard deviation=0.3"};
const Settings valley = {"Landscape/Kind=valley",
                         "Landscape/Floor=0.1",
                         "Noise/Kind=loss-scaled",
                         "Noise/Learning rate=0.3",
                         "Domain/Kind=box",
                         "Domain/Lower corner=-3",
                         "Domain/Upper corner=3",
                         "Initial density/Mean=1.5, 0.2",
                         "Initial density/Standard deviation=0.3"};

Settings invariant(const std::string &floor)
{
  return {"Discretization/Reference weight=invariant", "Discretization/Reference floor=" + floor};
}
const Settings one = {"Discretization/Reference weight=one"};

void expect_close(const std::vector<Record> &a, const std::vector<Record> &b)
{
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    for (const std::string name : {"left", "near", "l1_to_invariant"})
      EXPECT_NEAR(column(a[i], name), column(b[i], name), 2 * l1_promise * tolerance)
          << name << " at t = " << a[i]["time"];
}

/// A transient and the long-time density do not depend on the weight.
template <int dim>
void expect_independence(const Settings &problem, const std::vector<Settings> &weights,
                         const std::string &times)
{
  const Settings common =
      problem + observables +
      Settings{assign("Time/Tolerance", tolerance), "Time/Output times=" + times,
               "Time/End=" + times.substr(times.rfind(' ') + 1)};
  const auto reference = run_evolution<dim>(common + weights.front());
  for (std::size_t i = 1; i < weights.size(); ++i)
  {
    SCOPED_TRACE("weight " + std::to_string(i));
    expect_close(run_evolution<dim>(common + weights[i]), reference);
  }
}
} // namespace

TEST(Weights, LightTailsOnTheLine)
{
  expect_independence<1>(light_tails, {invariant("1e-12"), invariant("1e-9"), one}, "0.2, 1, 200");
}

TEST(Weights, LightTailsInThePlane)
{
  expect_independence<2>(light_tails, {invariant("1e-12"), invariant("1e-9"), one}, "0.2, 1, 5");
}

TEST(Weights, HeavyTailsOnTheLine)
{
  expect_independence<1>(heavy_tails, {invariant("0"), invariant("1e-20"), one}, "0.2, 1, 10");
}

TEST(Weights, HeavyTailsInThePlane)
{
  expect_independence<2>(heavy_tails, {invariant("0"), invariant("1e-20"), one}, "0.2, 1, 10");
}

TEST(Weights, AFlooredValley)
{
  expect_independence<2>(valley, {invariant("0"), invariant("1e-12"), one}, "0.2, 1, 5");
}
