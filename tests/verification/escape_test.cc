// Rates and mean first-passage times against the double integral that they are on the line,
//
//   T(a -> b) = int_a^b dy / (D pi)(y) int_c^y pi(z) dz      (a < b, reflecting at c < a),
//
// evaluated here in logarithms by Gauss quadrature, against Eyring-Kramers for weak noise, and in the plane
// against the line where both must agree.
#include "support.h"

#include <boost/math/quadrature/gauss.hpp>

#include <cmath>

using namespace lowland;

namespace
{
using Loss = std::function<double(double)>;

/// Two equal wells: minima at -1 and 1, f = 0.25, and a pass at 0, f = 1.25.
double w2(double x)
{
  return std::pow(x * x - 1, 2) + 0.25;
}

/// log T(a -> b) for log pi = -v(x), log(D pi) = -u(x), reflecting at `wall`, which is on the far side of a.
double log_passage_time(const Loss &v, const Loss &u, double a, double b, double wall)
{
  using Gauss = boost::math::quadrature::gauss<double, 20>;
  const int n = 600;
  const double h = (b - wall) / n; // negative where b < a
  double v_low = 1e300, u_high = -1e300;
  for (int k = 0; k <= n; ++k)
  {
    v_low = std::min(v_low, v(wall + k * h));
    if ((wall + k * h - a) * h >= 0)
      u_high = std::max(u_high, u(wall + k * h));
  }
  const auto pi = [&](double z) { return std::exp(v_low - v(z)); };
  double mass = 0, time = 0;
  const auto add = [&](double from, double to, bool beyond_a) {
    const auto inner = [&](double y) {
      return mass + std::abs(Gauss::integrate(pi, std::min(from, y), std::max(from, y)));
    };
    if (beyond_a)
      time +=
          std::abs(Gauss::integrate([&](double y) { return std::exp(u(y) - u_high) * inner(y); },
                                    std::min(from, to), std::max(from, to)));
    mass += std::abs(Gauss::integrate(pi, std::min(from, to), std::max(from, to)));
  };
  const int n_before = std::lround((a - wall) / h);
  const double before = (a - wall) / n_before, after = (b - a) / (n - n_before);
  for (int k = 0; k < n_before; ++k)
    add(wall + k * before, wall + (k + 1) * before, false);
  for (int k = 0; k < n - n_before; ++k)
    add(a + k * after, a + (k + 1) * after, true);
  return std::log(time) + u_high - v_low;
}

/// The same for isotropic noise of strength k = eta sigma.
double log_isotropic_time(const Loss &f, double k, double a, double b, double wall)
{
  return log_passage_time([&](double x) { return f(x) / k; },
                          [&](double x) { return f(x) / k - std::log(k); }, a, b, wall);
}

/// The same for loss-scaled noise.
double log_loss_scaled_time(const Loss &f, double k, double a, double b, double wall)
{
  return log_passage_time([&](double x) { return (1 + 1 / k) * std::log(f(x)); },
                          [&](double x) { return std::log(f(x)) / k - std::log(k); }, a, b, wall);
}

Settings box(const std::string &loss, double half_width, double k,
             const std::string &noise = "isotropic")
{
  return {"Landscape/Loss=" + loss,
          "Noise/Kind=" + noise,
          assign("Noise/Learning rate", k),
          "Domain/Kind=box",
          assign("Domain/Lower corner", -half_width),
          assign("Domain/Upper corner", half_width)};
}

Settings line(const std::string &loss, double half_width, double k,
              const std::string &noise = "isotropic")
{
  return box(loss, half_width, k, noise) + Settings{"Dimension=1", "Escape/Tolerance=1e-9"};
}

const std::string w1_formula = "0.25*(x^2-1)^2 + 0.1*x + 0.2", w2_formula = "(x^2-1)^2 + 0.25";

/// The entry of `rates` from one minimum to another, numbered from 1.
nlohmann::json entry(const nlohmann::json &summary, const nlohmann::json &from,
                     const nlohmann::json &to)
{
  for (const auto &rate : summary.at("rates"))
    if (rate.at("from") == from && rate.at("to") == to)
      return rate;
  throw std::runtime_error("there is no such rate");
}
} // namespace

// T(a -> b) and T(b -> a) with x_a = -1.0467 the lower minimum of W1.
TEST(Escape, TimesOnTheLineAreTheDoubleIntegrals)
{
  struct Case
  {
    const char *noise;
    double k, there, back;
  };
  for (const Case &c : {Case{"isotropic", 0.2, 29.992109967185, 12.832323910304},
                        Case{"isotropic", 0.02, 251371789.69157, 13683.804004283},
                        Case{"loss-scaled", 0.5, 184.3605897242, 14.27603791606},
                        Case{"loss-scaled", 0.05, 2.1375346388149e+14, 30662.642292986}})
  {
    const auto summary = run_summary(escape, line(w1_formula, 4, c.k, c.noise));
    const auto there = entry(summary, 1, 2), back = entry(summary, 2, 1);
    EXPECT_NEAR(there["mfpt"].get<double>() / c.there, 1, 1e-8) << c.noise << " " << c.k;
    EXPECT_NEAR(back["mfpt"].get<double>() / c.back, 1, 1e-8) << c.noise << " " << c.k;
    // On the line the set is the minimum: both times are 1/rate.
    EXPECT_NEAR(there["mfpt"].get<double>() * there["rate"].get<double>(), 1, 1e-12);
    EXPECT_LT(there["relative_error_estimate"].get<double>(), 1e-5);
  }
}

// Minima at r = 0 and 2. The set around r = 0 is a ball: a point is never hit, and had no capacity.
TEST(Escape, ARadiusOfManyParameters)
{
  const double k = 0.1, rim = std::sqrt(2 * k / 8), beside_0 = 1e-5;
  for (const double dimension : {2.0, 10.0, 30.0})
  {
    SCOPED_TRACE(dimension);
    const auto summary = run_summary(escape, {"Dimension=1", "Landscape/Loss=x^2*(x-2)^2",
                                              assign("Landscape/Radial dimension", dimension),
                                              assign("Noise/Learning rate", k), "Domain/Kind=box",
                                              "Domain/Lower corner=0", "Domain/Upper corner=4",
                                              "Escape/Tolerance=1e-9"});
    const auto time = [&](double a, double b, double wall) {
      const auto v = [&](double r) {
        return r * r * (r - 2) * (r - 2) / k - (dimension - 1) * std::log(r);
      };
      return std::exp(log_passage_time(
          v, [&](double r) { return v(r) - std::log(k); }, a, b, wall));
    };
    const auto expect = [&](double value, double exact) {
      EXPECT_NEAR(value, exact, 1e-7 * exact);
    };
    const auto there = entry(summary, 1, 2), back = entry(summary, 2, 1);
    expect(there["mfpt"], time(beside_0, 2, 0));
    expect(there["mfpt_from_entrance_law"], time(rim, 2, 0));
    expect(back["mfpt"], time(2, rim, 4));
  }
}

// Beside x the radius of K parameters changes nothing: a point at r = 0, which paths hardly ever visit, as a well of
// the chain made the gap smaller by orders.
TEST(Escape, ARadiusBesideAnotherCoordinate)
{
  const std::string f = "(x^2-1)^2";
  const auto modes = run_summary(spectrum, line(f, 2, 0.1));
  const double gap = modes["spectral_gap"].get<double>();
  for (const double dimension : {3.0, 10.0})
  {
    SCOPED_TRACE(dimension);
    const auto summary = run_summary(
        escape, {"Dimension=2", "Landscape/Loss=" + f + " + y^2/2",
                 assign("Landscape/Radial dimension", dimension), "Noise/Learning rate=0.1",
                 "Domain/Kind=box", "Domain/Lower corner=-2, 0", "Domain/Upper corner=2, 4"});
    EXPECT_NEAR(summary["chain_gap"].get<double>(), gap, 1e-3 * gap);
    EXPECT_NEAR(entry(summary, 1, 2)["rate"].get<double>(), gap / 2, 3e-3 * gap);
  }
}

// e^-92 = 1e-40 and e^-230 = 1e-100.
TEST(Escape, RatesDownTo1e100KeepTheirDigits)
{
  for (const double barrier : {92.0, 230.0})
  {
    const auto summary = run_summary(escape, line(w2_formula, 3, 1 / barrier));
    const double time = entry(summary, 1, 2)["mfpt"].get<double>();
    const double exact = log_isotropic_time(w2, 1 / barrier, -1, 1, -3);
    EXPECT_NEAR(std::log(time), exact, 1e-7) << barrier;
    EXPECT_LT(1 / time, std::exp(-barrier));
  }
  const double k = 0.007; // 5^(-1/k) = 1e-100
  const auto summary = run_summary(escape, line(w2_formula, 3, k, "loss-scaled"));
  EXPECT_NEAR(std::log(entry(summary, 1, 2)["mfpt"].get<double>()),
              log_loss_scaled_time(w2, k, -1, 1, -3), 1e-7);
}

// T k_a = 1 + C k + O(k^2) with C = 0.375 (isotropic) and -0.21875 (loss-scaled).
TEST(Escape, TheRatioToTheAsymptoticFormulaTendsToOne)
{
  const std::pair<const char *, double> cases[] = {{"isotropic", 0.375}, {"loss-scaled", -0.21875}};
  for (const auto &[noise, first_correction] : cases)
    for (const double k : {0.02, 0.01, 0.005})
    {
      const auto rate = entry(run_summary(escape, line(w2_formula, 3, k, noise)), 1, 2);
      const double ratio = rate["rate_over_asymptotic"].get<double>();
      EXPECT_NEAR((1 / ratio - 1) / k, first_correction, 4 * k) << noise << " " << k;
    }
}

// At fixed eta sigma, adding c to f changes the ratio of losses: the slope is 1/k + 1/2.
TEST(Escape, LossScaledTimesAreAPowerOfTheRatioOfLosses)
{
  const double k = 0.02;
  const auto point = [&](double c) {
    const auto summary = run_summary(escape, line("(x^2-1)^2", 3, k, "loss-scaled") +
                                                 Settings{assign("Landscape/Floor", c)});
    return std::make_pair(std::log((1 + c) / c),
                          std::log(entry(summary, 1, 2)["mfpt"].get<double>()));
  };
  const auto [x0, y0] = point(1.0);
  const auto [x1, y1] = point(0.5);
  const auto [x2, y2] = point(0.25);
  const double slope = (y2 - y0) / (x2 - x0);
  EXPECT_NEAR(slope, 1 / k + 0.5, 0.005 / k);
  EXPECT_NEAR((y1 - y0) / (x1 - x0), slope, 0.005 / k); // a line
}

// Four wells of different depths: from the first to the last all others are free, and the rates span
// e^-35 to e^-160 beside each other.
TEST(Escape, FourWellsKeepTheDigitsOfEveryRate)
{
  const double k = 0.01;
  const auto f = [](double x) {
    return 0.5 - 0.5 * std::cos(2 * M_PI * x) + 0.2 * x * x - 0.11 * x;
  };
  const auto summary =
      run_summary(escape, line("0.5 - 0.5*cos(2*pi*x) + 0.2*x^2 - 0.11*x", 2.4, k));
  std::vector<double> minima; // in the order of the losses
  for (const auto &minimum : summary["minima"])
    minima.push_back(minimum["point"][0]);
  ASSERT_GE(minima.size(), 4u);
  for (std::size_t i = 0; i < minima.size(); ++i)
    for (std::size_t j = 0; j < minima.size(); ++j)
      if (i != j)
      {
        const double wall = minima[i] < minima[j] ? -2.4 : 2.4;
        const double exact = log_isotropic_time(f, k, minima[i], minima[j], wall);
        const double time = entry(summary, i + 1, j + 1)["mfpt"].get<double>();
        EXPECT_NEAR(std::log(time), exact, 1e-7) << i + 1 << " -> " << j + 1;
      }
}

// The chain between the wells misses the gap by a few times gap/(slowest rate within a well).
TEST(Escape, TheGapOfTheChainIsTheSpectralGap)
{
  const std::string f = "0.5 - 0.5*cos(2*pi*x) + 0.2*x^2 - 0.11*x";
  for (const double k : {0.14, 0.07})
  {
    const auto rates = run_summary(escape, line(f, 2.4, k));
    const auto modes =
        run_summary(spectrum, line(f, 2.4, k) + Settings{"Spectrum/Number of eigenvalues=8"});
    const double gap = modes["spectral_gap"].get<double>();
    const double within = modes["eigenvalues"][rates["minima"].size()].get<double>();
    EXPECT_LT(std::abs(rates["chain_gap"].get<double>() / gap - 1), 10 * gap / within + 1e-8) << k;
    EXPECT_LT(gap, 0.1 * within) << k;
  }
}

// In space, where points are hardly ever hit, as well.
TEST(Escape, TheGapOfTheChainInSpace)
{
  const Settings wells = {"Landscape/Kind=double-well", "Landscape/Constants=tilt=0.1",
                          "Noise/Learning rate=0.15"};
  const auto modes = run_summary(spectrum, wells + Settings{"Dimension=1"});
  const double gap = modes["spectral_gap"].get<double>(),
               within = modes["eigenvalues"][2].get<double>();
  const auto rates = run_summary(escape, wells + Settings{"Dimension=3", "Escape/Tolerance=1e-1"});
  EXPECT_LT(std::abs(rates["chain_gap"].get<double>() / gap - 1), 10 * gap / within);
  EXPECT_LT(gap, 0.01 * within);
}

// A double well times a parabola in y: the ellipsoids around the minima are crossed on the way as the points of the
// line are, but for corrections of the order of the rate.
TEST(Escape, AProductInThePlaneEscapesAsOnTheLine)
{
  const double k = 0.03;
  const auto on_the_line = entry(run_summary(escape, line("(x^2-1)^2 + 0.2*x", 2.5, k)), 2, 1);
  const auto in_the_plane =
      entry(run_summary(escape, box("(x^2-1)^2 + 0.2*x + y^2/2", 2.5, k) +
                                    Settings{"Dimension=2", "Escape/Tolerance=1e-3"}),
            2, 1);
  for (const char *key : {"rate", "mfpt", "mfpt_from_entrance_law"})
    EXPECT_NEAR(in_the_plane[key].get<double>() / on_the_line[key].get<double>(), 1, 1e-3) << key;
  EXPECT_LT(in_the_plane["relative_error_estimate"].get<double>(), 1e-3);
  EXPECT_NEAR(in_the_plane["asymptotic_rate"].get<double>() /
                  on_the_line["asymptotic_rate"].get<double>(),
              1, 1e-9);
}

// At high temperature the sets themselves count: the answer must not depend on the mesh by more than it says.
TEST(Escape, LargeSetsAreFollowedWithinTheEstimatedError)
{
  const auto rate = [](double tolerance) {
    return entry(
        run_summary(escape, box("(x^2-1)^2 + 0.2*x + y^2/2", 2.5, 0.5) +
                                Settings{"Dimension=2", assign("Escape/Tolerance", tolerance)}),
        1, 2);
  };
  const auto coarse = rate(2e-2), fine = rate(2e-3);
  for (const char *key : {"rate", "mfpt"})
    EXPECT_LT(std::abs(coarse[key].get<double>() / fine[key].get<double>() - 1),
              coarse["relative_error_estimate"].get<double>() +
                  fine["relative_error_estimate"].get<double>());
  // The set is entered before the minimum is reached, and left after it.
  EXPECT_LT(fine["mfpt_from_entrance_law"].get<double>(), fine["mfpt"].get<double>());
}

// Four wells in a square, and a point that the user gives instead of a minimum.
TEST(Escape, PairsAndPointsCanBeChosen)
{
  const Settings square = box("(x^2-1)^2 + (y^2-1)^2 + 0.2*x + 0.1*y", 2, 0.1) +
                          Settings{"Dimension=2", "Escape/Tolerance=1e-2"};
  const auto chosen = run_summary(escape, square + Settings{"Escape/From=4", "Escape/To=1, 2"});
  ASSERT_EQ(chosen["rates"].size(), 2u);
  // x and y are independent: from (+,+) to (-,-), both must cross.
  const auto line_x = entry(run_summary(escape, line("(x^2-1)^2 + 0.2*x", 2, 0.1)), 2, 1);
  const auto to_others =
      entry(run_summary(escape, square + Settings{"Escape/From=4"}), 4, "others");
  const auto line_y = entry(run_summary(escape, line("(x^2-1)^2 + 0.1*x", 2, 0.1)), 2, 1);
  EXPECT_NEAR(to_others["rate"].get<double>(),
              line_x["rate"].get<double>() + line_y["rate"].get<double>(),
              1e-2 * to_others["rate"].get<double>());
  const auto by_point =
      run_summary(escape, square + Settings{"Escape/From=(0.97, 0.99)", "Escape/To=1"});
  EXPECT_EQ(by_point["rates"][0]["from"], 5);
  EXPECT_NEAR(by_point["rates"][0]["rate"].get<double>() /
                  entry(chosen, 4, 1)["rate"].get<double>(),
              1, 1e-2);
}
