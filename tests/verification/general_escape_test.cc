// Escape without detailed balance in closed form: against the double integral on the line, whose processes are all
// reversible; against the reversible method where D is constant; and, with a truly irreversible noise, against the
// slowest eigenvalue, the sum of the two rates where wells hardly exchange mass.
#include "support.h"

#include "tasks/tasks.h"

#include <boost/math/quadrature/gauss.hpp>

#include <cmath>
#include <nlohmann/json.hpp>

using namespace lowland;

namespace
{
using Function1 = std::function<double(double)>;

double integral(const Function1 &f, double a, double b)
{
  double sum = 0;
  const int n = 60;
  for (int k = 0; k < n; ++k)
    sum += boost::math::quadrature::gauss<double, 20>::integrate(f, a + k * (b - a) / n,
                                                                 a + (k + 1) * (b - a) / n);
  return sum;
}

const Settings double_well = {"Landscape/Loss=(x^2-1)^2 + y^2/2",
                              "Dimension=2",
                              "Domain/Kind=box",
                              "Domain/Lower corner=-2.2",
                              "Domain/Upper corner=2.2",
                              "Escape/Tolerance=1e-3"};

double rate_of(const nlohmann::json &summary, std::size_t k, const char *key = "rate")
{
  return summary["rates"][k][key].get<double>();
}
} // namespace

// Ito's dx = -f' dt + sqrt(2D) dB with f = (x^2-1)^2, D = 0.15 (1 + x^2): T(-1 -> 1) = int s int pi, with
// D pi = exp(-int f'/D), f'/D = 4 x (x^2-1) / (0.15 (1+x^2)), whose integral is (2 x^2 - 4 log(1+x^2))/0.15.
TEST(GeneralEscape, MultiplicativeNoiseOnTheLine)
{
  const auto d = [](double x) { return 0.15 * (1 + x * x); };
  const auto u = [](double x) { return (2 * x * x - 4 * std::log(1 + x * x)) / 0.15; };
  const auto pi = [&](double x) { return std::exp(-u(x)) / d(x); };
  const auto inner = [&](double y) { return std::exp(u(y)) * integral(pi, -2.5, y); };
  const double exact = integral(inner, -1, 1);
  const auto summary = run_summary(escape, {"Dimension=1", "Landscape/Loss=(x^2-1)^2",
                                            "Noise/Kind=tensor", "Noise/Tensor=0.15*(1+x^2)",
                                            "Domain/Kind=box", "Domain/Lower corner=-2.5",
                                            "Domain/Upper corner=2.5", "Escape/Tolerance=1e-6"});
  for (std::size_t k = 0; k < 2; ++k)
  {
    EXPECT_NEAR(rate_of(summary, k, "mfpt") / exact, 1, 1e-6);
    EXPECT_NEAR(rate_of(summary, k) * exact, 1, 1e-6); // sets are points: one and the same time
  }
}

TEST(GeneralEscape, ConstantNoiseAgreesWithTheReversibleMethod)
{
  const auto general = run_summary(
      escape, double_well + Settings{"Noise/Kind=tensor", "Noise/Tensor=xx = 0.25; yy = 0.25"});
  const auto reversible = run_summary(escape, double_well + Settings{"Noise/Learning rate=0.25"});
  for (std::size_t k = 0; k < 2; ++k)
    for (const char *key : {"rate", "mfpt"})
      EXPECT_NEAR(rate_of(general, k, key) / rate_of(reversible, k, key), 1, 1e-2) << key;
}

// D does not commute with the Hessian, and no density is in detailed balance. The turn by pi about the origin leaves
// f and D as they are: both rates are the same, and their sum is the gap but for corrections of the size of rate/(rates
// within a well). A time from the minimum is one from the entrance law but for a time within a well.
TEST(GeneralEscape, TheRatesOfAnIrreversibleDoubleWellAddUpToTheGap)
{
  const Settings noise = {"Noise/Kind=tensor", "Noise/Tensor=0.2; 0.1; 0.3"};
  const auto summary = run_summary(escape, double_well + noise);
  EXPECT_NEAR(rate_of(summary, 0) / rate_of(summary, 1), 1, 1e-3);
  const double gap = summary["spectral_gap"].get<double>();
  EXPECT_NEAR((rate_of(summary, 0) + rate_of(summary, 1)) / gap, 1, 0.1);
  EXPECT_NEAR(rate_of(summary, 0) * rate_of(summary, 0, "mfpt"), 1, 0.1);
  const auto modes = run_summary(
      spectrum, double_well + noise +
                    Settings{"Spectrum/Number of eigenvalues=2", "Spectrum/Tolerance=1e-4"});
  EXPECT_NEAR(modes["spectral_gap"].get<double>() / gap, 1, 1e-3);
}
