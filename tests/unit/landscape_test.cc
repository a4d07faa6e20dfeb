// The library of landscapes: exact derivatives, and the minima and shapes that each row promises.
#include "model/landscape/landscape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <regex>

using namespace lowland;

namespace
{
Points random_points(unsigned int dimension, std::size_t n, double half_width)
{
  std::mt19937 generator(7);
  std::uniform_real_distribution<double> uniform(-half_width, half_width);
  Points points(dimension, n);
  for (auto &coordinate : points.x)
    for (double &x : coordinate)
      x = uniform(generator);
  return points;
}

LandscapeValues values_at(const Landscape &landscape, const Coordinates &point)
{
  Points points(landscape.dimension(), 1);
  for (unsigned int i = 0; i < landscape.dimension(); ++i)
    points.x[i][0] = point[i];
  LandscapeValues values;
  landscape.evaluate(points, Derivatives::hessian, values);
  return values;
}

Landscape example(const std::string &kind, unsigned int dimension)
{
  return kind == "expression" ? Landscape(dimension, "sin(x)^2 + a*x^4", {{"a", 0.1}})
                              : Landscape::named(kind, dimension);
}

/// Every kind in every dimension in which it exists.
std::vector<std::pair<std::string, unsigned int>> all_kinds()
{
  std::vector<std::pair<std::string, unsigned int>> all;
  for (const auto &kind : landscape_kinds())
    for (unsigned int d = 1; d <= 3; ++d)
      if (kind.dimensions.find(std::to_string(d)) != std::string::npos)
        all.emplace_back(kind.name, d);
  return all;
}

void shift(Points &points, unsigned int i, double h)
{
  for (double &x : points.x[i])
    x += h;
}

std::string message_of(const std::function<void()> &action)
{
  try
  {
    action();
  }
  catch (const FormulaError &error)
  {
    return error.what();
  }
  return "(no error)";
}
} // namespace

// Central differences with h = 1e-5: the error is h^2/6 times the next derivative plus 1e-16/h of
// the value, that is 1e-9 of the scales here (values up to 1e2, third derivatives up to 1e3 away
// from log-minima's points).
TEST(Landscape, DerivativesOfEveryKindMatchFiniteDifferences)
{
  const double h = 1e-5;
  for (const auto &[kind, d] : all_kinds())
  {
    SCOPED_TRACE(kind + " in dimension " + std::to_string(d));
    const Landscape landscape = example(kind, d);
    const Points points = random_points(d, 40, 2.);
    const double too_near =
        kind == "log-minima" ? 0.1 : -1.; // third derivatives grow like log(r)/r
    LandscapeValues exact, left, right;
    landscape.evaluate(points, Derivatives::hessian, exact);
    ASSERT_EQ(exact.gradient.size(), d);
    ASSERT_EQ(exact.hessian.size(), n_packed(d));
    for (unsigned int i = 0; i < d; ++i)
    {
      Points lower = points, upper = points;
      shift(lower, i, -h);
      shift(upper, i, h);
      landscape.evaluate(lower, Derivatives::gradient, left);
      landscape.evaluate(upper, Derivatives::gradient, right);
      for (std::size_t q = 0; q < points.size(); ++q)
      {
        if (exact.loss[q] < too_near)
          continue;
        const double scale = 1 + std::fabs(exact.loss[q]);
        EXPECT_NEAR(exact.gradient[i][q], (right.loss[q] - left.loss[q]) / (2 * h), 2e-7 * scale);
        for (unsigned int j = 0; j < d; ++j)
          EXPECT_NEAR(exact.hessian[packed(i, j)][q],
                      (right.gradient[j][q] - left.gradient[j][q]) / (2 * h), 2e-6 * scale);
      }
    }
  }
}

TEST(Landscape, EvaluatesOnlyWhatIsAskedFor)
{
  const Landscape landscape = Landscape::named("quadratic", 2);
  LandscapeValues values;
  landscape.evaluate(random_points(2, 3, 1.), Derivatives::hessian, values);
  EXPECT_EQ(values.hessian.size(), 3u);
  landscape.evaluate(random_points(2, 3, 1.), Derivatives::none, values);
  EXPECT_EQ(values.loss.size(), 3u);
  EXPECT_TRUE(values.gradient.empty());
  EXPECT_TRUE(values.hessian.empty());
}

TEST(Landscape, FloorIsAdded)
{
  EXPECT_DOUBLE_EQ(Landscape::named("ring", 2, {{"radius", 2}}, 0.5).value({{2, 0, 0}}), 0.5);
  EXPECT_DOUBLE_EQ(Landscape(1, "x^2", {}, 0.25).value({{1, 0, 0}}), 1.25);
}

TEST(Landscape, TwoBasinsHaveTheStatedCurvaturesAndLossZero)
{
  for (unsigned int d = 1; d <= 3; ++d)
    for (const double side : {-1., 1.})
    {
      const auto values = values_at(Landscape::named("two-basins", d, {{"flat", 2}, {"sharp", 30}}),
                                    {{side, 0, 0}});
      EXPECT_EQ(values.loss[0], 0);
      for (unsigned int i = 0; i < d; ++i)
      {
        EXPECT_EQ(values.gradient[i][0], 0);
        for (unsigned int j = 0; j <= i; ++j)
          EXPECT_NEAR(values.hessian[packed(i, j)][0], i == j ? (side < 0 ? 2 : 30) : 0, 1e-12);
      }
    }
}

TEST(Landscape, LogMinimaAreFiniteAtTheMinimumAndPositiveElsewhere)
{
  for (unsigned int d = 1; d <= 3; ++d)
  {
    const Landscape landscape = Landscape::named("log-minima", d);
    for (const double side : {-1., 1.})
    {
      const auto values = values_at(landscape, {{side, 0, 0}});
      EXPECT_EQ(values.loss[0], 0);
      EXPECT_EQ(values.gradient[0][0], 0);
      for (const auto &entry : values.hessian)
        EXPECT_TRUE(std::isfinite(entry[0]));
    }
    LandscapeValues values;
    landscape.evaluate(random_points(d, 1000, 4.), Derivatives::none, values);
    EXPECT_GT(*std::min_element(values.loss.begin(), values.loss.end()), 0);
    EXPECT_GT(landscape.value({{1e6, 0, 0}}), 1e11); // ~ 4/5 r^2
  }
}

// Near a point minimum f = r^2 (1 - log r)^2 (1 + O(r^2 log^2 r)), where f/q is of that order.
TEST(Landscape, LogMinimaBehaveLikeRSquaredLogSquared)
{
  const Landscape landscape(1, "0"),
      log_minima = Landscape::named("log-minima", 1, {{"distance", 2}});
  for (const double r : {1e-3, 1e-5})
  {
    const double expected = std::pow(r * (1 - std::log(r)), 2);
    EXPECT_NEAR(log_minima.value({{-1 + r, 0, 0}}) / expected, 1., 10 * expected + 1e-10);
  }
}

TEST(Landscape, StudentAndRingAndValleyAreWhatTheySay)
{
  EXPECT_DOUBLE_EQ(Landscape::named("student", 3, {{"scale", 2}}).value({{2, 4, 6}}), 1 + 14.);
  EXPECT_DOUBLE_EQ(Landscape::named("ring", 3).value({{0.6, 0, 0.8}}), 0.);
  EXPECT_DOUBLE_EQ(Landscape::named("valley", 2).value({{4, 0.25, 0}}), 0.);
  EXPECT_DOUBLE_EQ(Landscape::named("double-well", 1).value({{-1, 0, 0}}), -0.2);
}

TEST(Landscape, ErrorsNameWhatIsKnown)
{
  EXPECT_EQ(message_of([] { Landscape::named("doublewell", 2); }),
            "unknown landscape 'doublewell'. Did you mean `double-well`?");
  EXPECT_EQ(message_of([] {
              Landscape::named("double-well", 2, {{"tlt", 1}});
            }),
            "the landscape 'double-well' has no constant 'tlt'. Did you mean `tilt`?");
  EXPECT_EQ(message_of([] {
              Landscape::named("valley", 2, {{"a", 1}});
            }),
            "the landscape 'valley' has no constant 'a'.");
  EXPECT_EQ(message_of([] { Landscape::named("valley", 3); }),
            "the landscape 'valley' does not exist in dimension 3, only in 2");
  EXPECT_EQ(
      message_of([] { Landscape(2, "x + weight"); }),
      "column 5: unknown name 'weight'; known are x y pi sin cos tan asin acos atan sinh cosh tanh "
      "asinh acosh atanh exp log ln log10 sqrt abs erf pow min max");
}

TEST(Landscape, ReadsItsSection)
{
  const auto landscape_of = [](const std::string &section, const std::string &dimension = "2") {
    return Landscape(Parameters::from_text("set Dimension = " + dimension +
                                           "\nsubsection Landscape\n" + section + "\nend\n"));
  };
  EXPECT_DOUBLE_EQ(landscape_of("set Kind = double-well\nset Constants = tilt=0.5\nset Floor = 1")
                       .value({{1, 2, 0}}),
                   3.5);
  EXPECT_DOUBLE_EQ(landscape_of("set Loss = a*x^2\nset Constants = a=2").value({{3, 0, 0}}), 18);

  const auto why = [&](const std::string &section,
                       const std::string &dimension = "2") -> std::string {
    try
    {
      landscape_of(section, dimension);
    }
    catch (const InputError &error)
    {
      return error.what();
    }
    return "(no error)";
  };
  const auto expect_in = [](const std::string &part, const std::string &whole) {
    EXPECT_NE(whole.find(part), std::string::npos) << whole;
  };
  expect_in("column 3: unexpected '2'", why("set Loss = x 2"));
  expect_in("Loss", why("set Loss = x 2"));
  expect_in("needs Kind = expression", why("set Kind = ring\nset Loss = x^2"));
  expect_in("no constant 'tlt'. Did you mean `tilt`?",
            why("set Kind = double-well\nset Constants = tlt=1"));
  expect_in("Constants", why("set Kind = double-well\nset Constants = tlt=1"));
  expect_in("column 3: the constant 'a' has no value", why("set Loss = x\nset Constants = a ="));
  expect_in("does not exist in dimension 3", why("set Kind = valley", "3"));
}

TEST(Landscape, DescribesItself)
{
  EXPECT_EQ(Landscape::named("double-well", 2, {{"tilt", 0.5}}, 1).description(),
            "(x^2-1)^2 + y^2/2 + tilt*x, with tilt = 0.5, plus 1");
  EXPECT_EQ(Landscape::named("quadratic", 2).description(), "(a*x^2 + b*y^2)/2, with a = 1, b = 4");
  EXPECT_EQ(Landscape::named("quadratic", 1).description(), "(a*x^2)/2, with a = 1");
  // No kind speaks of a coordinate that is not there, and none loses one that is.
  for (const auto &kind : landscape_kinds())
    for (unsigned int d = 1; d <= 3; ++d)
      if (kind.name != "expression" && kind.dimensions.find(std::to_string(d)) != std::string::npos)
      {
        const std::string text = Landscape::named(kind.name, d).description();
        for (unsigned int i = 0; i < 3; ++i)
          EXPECT_EQ(std::regex_search(text, std::regex(std::string("\\b") + "xyz"[i] + "\\b")),
                    i < d)
              << text;
      }
}
