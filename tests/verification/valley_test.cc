// The slow drift along the valley f = h(x) y^2/2, h = 1 + cos(x)/2, x on a circle cut to [0, pi] by
// symmetry, from P0(x) ~ e^cos(x) times a narrow Gaussian in y, at t = 1/e.
//
// Reference: an expansion in Fourier times Hermite functions, converged to 1e-10; `averaged` is E cos x
// of the first-order averaged equation for the marginal of x, which the exact value must approach as e
// falls, its error at least halved with e.
#include "support.h"

#include <array>
#include <cmath>

using namespace lowland;

namespace
{
const std::string h = "(1+cos(x)/2)";

/// Domain, start with the given variance of y at x, and time for one value of e.
Settings valley(double e, const std::string &variance, double end, double tolerance)
{
  const std::string v = "(" + variance + ")";
  return {"Landscape/Loss=" + h + "*y^2/2",
          assign("Landscape/Constants=e", e),
          "Noise/Kind=tensor",
          "Domain/Kind=box",
          "Domain/Lower corner=0, -4.5",
          assign("Domain/Upper corner", M_PI) + ", 4.5",
          "Initial density/Kind=expression",
          "Initial density/Formula=exp(cos(x)-y^2/(2*" + v + "))/sqrt(" + v + ")",
          assign("Time/End", end),
          assign("Time/Output times", end),
          assign("Time/Tolerance", tolerance),
          "Output/Observables=c = cos(x); c2 = cos(2*x)"};
}

struct Case
{
  std::string tensor;
  std::string variance; ///< of y at x, at the start and in units of e
  double averaged;
  std::vector<double> exact_0_2, exact_0_1; ///< E cos x, E cos 2x, E y^2 at e = 0.2 and 0.1
};

/// Moments at the end against the reference.
void expect_drift(const Case &c)
{
  const double tolerance = 1e-4, error = l1_promise * tolerance;
  std::array<double, 2> deviation{};
  for (unsigned int i = 0; i < 2; ++i)
  {
    const double e = i == 0 ? 0.2 : 0.1;
    SCOPED_TRACE(c.tensor + ", e = " + std::to_string(e));
    const auto records =
        run_evolution<2>(valley(e, std::to_string(e) + "*" + c.variance, 1 / e, tolerance) +
                         Settings{"Noise/Tensor=" + c.tensor});
    const auto &exact = i == 0 ? c.exact_0_2 : c.exact_0_1;
    EXPECT_NEAR(records.back()["c"], exact[0], error);
    EXPECT_NEAR(records.back()["c2"], exact[1], error);
    EXPECT_NEAR(records.back()["second_moment_y"], exact[2], error);
    EXPECT_NEAR(records.back()["mass"], 1, 1e-11);
    EXPECT_GE(records.back()["minimum_density"], -1e-12);
    deviation[i] = std::abs(records.back()["c"] - c.averaged);
  }
  EXPECT_GT(deviation[0] / deviation[1], 1.5); // first order in e
  EXPECT_LT(deviation[0] / deviation[1], 2.5);
}
} // namespace

TEST(Valley, IsotropicNoiseDriftsAndDiffuses)
{
  expect_drift({"e; 0; e",
                "1/" + h,
                0.0858495473166,
                {0.0879042752807, 0.00818457561967, 0.216336156698},
                {0.0869589848638, 0.00861620018935, 0.109310543226}});
}

TEST(Valley, NoiseAcrossTheValleyAloneDriftsAlongIt)
{
  expect_drift({"0; 0; e",
                "1/" + h,
                0.33691123659,
                {0.338278315312, 0.0709607318333, 0.192801799503},
                {0.337634609691, 0.0700817853548, 0.0961236875354}});
}

TEST(Valley, HessianNoiseDriftsAgainstTheCurvature)
{
  expect_drift({"0; 0; e*" + h,
                "1",
                0.328531816596,
                {0.326384027429, 0.0171557205848, 0.202644841589},
                {0.327314392304, 0.0142507356147, 0.100648180049}});
}

TEST(Valley, LossScaledHessianNoiseStopsAtTheBottom)
{
  // D_yy = e h^2 y^2, from y ~ N(0, 0.01), at t = 1: the moment hierarchy, converged to 1e-10.
  const double start = 0.446389965897;
  std::array<double, 2> moved{};
  for (unsigned int i = 0; i < 2; ++i)
  {
    const double e = i == 0 ? 0.05 : 0.1;
    SCOPED_TRACE(e);
    const auto records = run_evolution<2>(valley(e, "0.01", 1, 1e-3) +
                                          Settings{"Noise/Tensor=0; 0; e*" + h + "^2*y^2"});
    moved[i] = records.back()["c"] - start;
    // cos x - its start is at most |h'| y^2/2 t: the errors of rho matter that much less
    EXPECT_NEAR(moved[i], i == 0 ? -4.731895500e-04 : -4.932762578e-04, 1e-5);
    EXPECT_NEAR(records.back()["second_moment_y"], i == 0 ? 0.00120058760841 : 0.00135394907, 1e-5);
  }
  // Noise only prolongs the way down, by 1/(1 - e h): it makes no drift of its own at the bottom.
  EXPECT_GT(moved[1] / moved[0], 1);
  EXPECT_LT(moved[1] / moved[0], (1 - 0.05 * 1.5) / (1 - 0.1 * 1.5));
}
