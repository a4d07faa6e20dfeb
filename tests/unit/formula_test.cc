// Formulas: what they mean, their exact derivatives, and the message of everything that is not one.
#include "model/formula/formula.h"

#include <ginac/ginac.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

using namespace lowland;

namespace
{
struct Meaning
{
  std::string text;
  double (*value)(double x, double y, double z);
};

#define MEANS(expression)                                                                          \
  [](double x, double y, double z) -> double {                                                     \
    (void)x, (void)y, (void)z;                                                                     \
    return expression;                                                                             \
  }

const std::vector<Meaning> meanings = {
    {"-x^2", MEANS(-(x *x))},
    {"x^y^2", MEANS(std::pow(x, y *y))},
    {"2^-x", MEANS(std::pow(2., -x))},
    {"2^-x^2", MEANS(std::pow(2., -(x *x)))},
    {"x^-2*y", MEANS(y / (x * x))},
    {"-x*-y", MEANS(x *y)},
    {"x - -y + +z", MEANS(x + y + z)},
    {"x-y-z", MEANS((x - y) - z)},
    {"x/y/z", MEANS((x / y) / z)},
    {"x/y*z", MEANS((x / y) * z)},
    {"-(x+y)^3/2", MEANS(-std::pow(x + y, 3) / 2)},
    {"1/3*x", MEANS(x / 3)},
    {"1e-3*x + .5*y + 2.*z", MEANS(1e-3 * x + .5 * y + 2 * z)},
    {"a*x + k2*y", MEANS(0.25 * x + 3 * y)},
    {"x^k2", MEANS(x *x *x)},
    {"x^a", MEANS(std::pow(x, 0.25))},
    {"x^1.5 + x^-2.5 + sqrt(x)^3", MEANS(2 * std::pow(x, 1.5) + std::pow(x, -2.5))},
    {"x^70", MEANS(std::pow(x, 70))},
    {"sin(x)*cos(y)+tan(z/2)", MEANS(std::sin(x) * std::cos(y) + std::tan(z / 2))},
    {"asin(x/3)+acos(y/3)+atan(z)", MEANS(std::asin(x / 3) + std::acos(y / 3) + std::atan(z))},
    {"sinh(x)-cosh(y)*tanh(z)", MEANS(std::sinh(x) - std::cosh(y) * std::tanh(z))},
    {"asinh(x)+acosh(1+y)+atanh(z/3)",
     MEANS(std::asinh(x) + std::acosh(1 + y) + std::atanh(z / 3))},
    {"exp(-x)+log(y)+ln(z)+log10(x)",
     MEANS(std::exp(-x) + std::log(y) + std::log(z) + std::log10(x))},
    {"abs(x-y)", MEANS(std::fabs(x - y))},
    {"erf(x)", MEANS(std::erf(x))},
    {"pow(x,y)+min(x,y)*max(y,z)", MEANS(std::pow(x, y) + std::min(x, y) * std::max(y, z))},
    {"cos(pi*x)", MEANS(std::cos(M_PI *x))},
    {"(((x)))", MEANS(x)},
    {"3", MEANS(3)},
    {"2^10 + 9^0.5", MEANS(1027)},
    {"x*0", MEANS(0)},
    {"exp(x)^2*exp(log(y))", MEANS(std::exp(2 * x) * y)},
    {"min(x, 1e-20)", MEANS(1e-20)},
};

const Constants constants = {{"a", 0.25}, {"k2", 3}};

/// Points of (0.5, 2.5)^d, where every formula above is smooth and real.
Points random_points(unsigned int dimension, std::size_t n)
{
  std::mt19937 generator(1);
  std::uniform_real_distribution<double> uniform(0.5, 2.5);
  Points points(dimension, n);
  for (auto &coordinate : points.x)
    for (double &x : coordinate)
      x = uniform(generator);
  return points;
}

/// A few roundings of the magnitude involved.
double tolerance(double value)
{
  return 1e-13 * std::max(1., std::fabs(value));
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

std::string symbolic_error(const std::string &text, unsigned int dimension = 2)
{
  return message_of([&] { parse_symbolic(text, dimension, constants); });
}

std::string function_error(const std::string &text)
{
  return message_of([&] { Function(text, 2, constants); });
}

std::string constants_error(const std::string &text)
{
  return message_of([&] { parse_constants(text); });
}
} // namespace

// 197 = 3 blocks of 64 + 5: full blocks, small blocks and a padded one.
TEST(Formula, ProgramAndFunctionMeanWhatTheGrammarSays)
{
  const Points points = random_points(3, 197);
  for (const auto &meaning : meanings)
  {
    SCOPED_TRACE(meaning.text);
    const Program program({parse_symbolic(meaning.text, 3, constants)}, 3);
    const Function function(meaning.text, 3, constants);
    Components compiled;
    std::vector<double> evaluated;
    program.evaluate(points, compiled);
    function.evaluate(points, evaluated);
    for (std::size_t q = 0; q < points.size(); ++q)
    {
      const auto [x, y, z] = points[q];
      const double expected = meaning.value(x, y, z);
      ASSERT_NEAR(compiled[0][q], expected, tolerance(expected)) << q;
      ASSERT_NEAR(evaluated[q], expected, tolerance(expected)) << q;
    }
  }
}

// Central differences with h = 6e-6 err by h^2 f'''/6 + 1e-16 f/h, here below 1e-8 of the scale.
TEST(Formula, DerivativesMatchFiniteDifferences)
{
  const double h = 6e-6;
  const Points points = random_points(3, 20);
  for (const auto &meaning : meanings)
  {
    SCOPED_TRACE(meaning.text);
    const GiNaC::ex f = parse_symbolic(meaning.text, 3, constants);
    std::vector<GiNaC::ex> gradient;
    for (unsigned int i = 0; i < 3; ++i)
      gradient.push_back(f.diff(coordinate_symbol(i)));
    const Program value({f}, 3), derivative(gradient, 3);
    Components exact, left, right;
    derivative.evaluate(points, exact);
    for (unsigned int i = 0; i < 3; ++i)
    {
      Points lower = points, upper = points;
      for (std::size_t q = 0; q < points.size(); ++q)
        lower.x[i][q] -= h, upper.x[i][q] += h;
      value.evaluate(lower, left);
      value.evaluate(upper, right);
      for (std::size_t q = 0; q < points.size(); ++q)
      {
        const double scale = std::max({1., std::fabs(left[0][q]), std::fabs(exact[i][q])});
        EXPECT_NEAR(exact[i][q], (right[0][q] - left[0][q]) / (2 * h), 1e-7 * scale);
      }
    }
  }
}

TEST(Formula, KinksHaveFiniteDerivatives)
{
  const GiNaC::ex f = parse_symbolic("abs(x) + max(x, 0)", 1);
  const GiNaC::ex first = f.diff(coordinate_symbol(0));
  const Program program({f, first, first.diff(coordinate_symbol(0))}, 1);
  Points points(1, 3);
  points.x[0] = {-1, 0, 1};
  Components values;
  program.evaluate(points, values);
  EXPECT_EQ(values[0], (std::vector<double>{1, 0, 2}));
  EXPECT_EQ(values[1], (std::vector<double>{-1, 0.5, 2}));
  EXPECT_EQ(values[2], (std::vector<double>{0, 0, 0}));
}

TEST(Formula, PowersOfNumbersAreNotComputedInExactDigits)
{
  EXPECT_EQ(symbolic_error("x + 9^9^9"),
            "the formula cannot be used: a power of numbers in it is infinite or not real");
}

TEST(Formula, FunctionsMayCompareAndBranch)
{
  EXPECT_EQ(Function("if(x < y && y <= 2, min(x, y), -1)", 2).value({{1, 2}}), 1);
  EXPECT_EQ(Function("if(x < y && y <= 2, min(x, y), -1)", 2).value({{3, 2}}), -1);
  EXPECT_EQ(
      Function("(x > 0) + (x >= 0) + (x == 0) + (x != 0) + (x > 0 || y > 0)", 2).value({{0, 1}}),
      3);
}

TEST(Formula, OnlyComparisonsAndConditionsJump)
{
  for (const char *text :
       {"x > 0.3", "(x != 1)*y", "x <= y && 1", "if(x, 1, 2)", "1 + if(y, x, 2)"})
    EXPECT_TRUE(Function(text, 2).may_jump()) << text;
  for (const char *text : {"x", "min(x, abs(y))", "exp(-x^2)/y"})
    EXPECT_FALSE(Function(text, 2).may_jump()) << text;
}

TEST(Formula, ErrorsNameTheColumn)
{
  EXPECT_EQ(symbolic_error(""), "column 1: the formula is empty");
  EXPECT_EQ(symbolic_error("  "), "column 1: the formula is empty");
  EXPECT_EQ(symbolic_error("x + sinn(y)"), "column 5: unknown name 'sinn'. Did you mean `sin`?");
  EXPECT_EQ(symbolic_error("x + K2"), "column 5: unknown name 'K2'. Did you mean `k2`?");
  EXPECT_EQ(symbolic_error("x + z"), "column 5: the coordinate 'z' does not exist in dimension 2");
  EXPECT_EQ(symbolic_error("x + θ"), "column 5: 'θ' is not allowed; a formula has numbers, names, "
                                     "+ - * / ^, parentheses and commas");
  EXPECT_EQ(symbolic_error("x ; y").substr(0, 28), "column 3: ';' is not allowed");
  EXPECT_EQ(symbolic_error("(x + (y)"), "column 1: this '(' is never closed");
  EXPECT_EQ(symbolic_error("x + y)"), "column 6: this ')' closes nothing");
  EXPECT_EQ(symbolic_error("x + sin y"),
            "column 5: the function 'sin' needs 1 argument in parentheses");
  EXPECT_EQ(symbolic_error("1 + pow(x)"), "column 5: the function 'pow' takes 2 arguments, not 1");
  EXPECT_EQ(symbolic_error("1 + sin()"), "column 5: the function 'sin' takes 1 argument, not 0");
  EXPECT_EQ(symbolic_error("sin(x, y)"), "column 1: the function 'sin' takes 1 argument, not 2");
  const std::string comma =
      "a comma may only stand between the arguments of a function (decimals take a point)";
  EXPECT_EQ(symbolic_error("0,5*x"), "column 2: " + comma);
  EXPECT_EQ(symbolic_error("x*(1, 2)"), "column 5: " + comma);
  EXPECT_EQ(symbolic_error("x < 1"),
            "column 3: '<' is not allowed: comparisons cannot be differentiated");
  EXPECT_EQ(symbolic_error("2 + if(x, 1, 2)"),
            "column 5: 'if' cannot be differentiated, so it is not allowed here");
  EXPECT_EQ(function_error("x = 1").substr(0, 28), "column 3: '=' is not allowed");
}

TEST(Formula, MissingOperatorsAndValuesNameTheColumn)
{
  EXPECT_EQ(symbolic_error("2x"), "column 2: unexpected 'x'; an operator is missing before it");
  EXPECT_EQ(symbolic_error("x y"), "column 3: unexpected 'y'; an operator is missing before it");
  EXPECT_EQ(symbolic_error("x 2"), "column 3: unexpected '2'; an operator is missing before it");
  EXPECT_EQ(symbolic_error("(x)(y)"), "column 4: unexpected '('; an operator is missing before it");
  EXPECT_EQ(symbolic_error("x (y)"), "column 3: unexpected '('; an operator is missing before it");
  EXPECT_EQ(symbolic_error("2 sin(x)"),
            "column 3: unexpected 'sin'; an operator is missing before it");
  EXPECT_EQ(symbolic_error("x * / y"), "column 5: unexpected '/'; a value is missing before it");
  EXPECT_EQ(symbolic_error("*x"), "column 1: unexpected '*'; a value is missing before it");
  EXPECT_EQ(symbolic_error("()"), "column 2: unexpected ')'; a value is missing before it");
  EXPECT_EQ(symbolic_error("(x +) * 2"), "column 5: unexpected ')'; a value is missing before it");
  EXPECT_EQ(symbolic_error("min(x, )"), "column 8: unexpected ')'; a value is missing before it");
  EXPECT_EQ(symbolic_error("x +"),
            "column 3: the formula ends after '+', where a value is missing");
}

TEST(Formula, WhatIsNotRealIsRefused)
{
  EXPECT_EQ(symbolic_error("x + sqrt(-1)"),
            "the formula cannot be used: it is not real: a root or logarithm of a negative number");
  EXPECT_EQ(symbolic_error("x + log(-2)"),
            "the formula cannot be used: it is not real: a root or logarithm of a negative number");
  EXPECT_EQ(symbolic_error("x/0"),
            "the formula cannot be used: it divides by zero or takes log(0)");
  EXPECT_EQ(symbolic_error("x + log(0)"),
            "the formula cannot be used: it divides by zero or takes log(0)");
}

TEST(Constants, AreReadLeftToRight)
{
  EXPECT_EQ(parse_constants(""), Constants{});
  EXPECT_EQ(parse_constants("a=1, b = 2*a + min(3, 4)"), (Constants{{"a", 1}, {"b", 5}}));
  EXPECT_EQ(parse_constants("w=2*pi"), (Constants{{"w", 2 * M_PI}}));
}

TEST(Constants, ErrorsNameTheColumn)
{
  EXPECT_EQ(constants_error("aa=1, b=AA"), "column 9: unknown name 'AA'. Did you mean `aa`?");
  EXPECT_EQ(constants_error("a=1, a=2"), "column 6: the constant 'a' is given twice");
  EXPECT_EQ(constants_error("a=1, 2"),
            "column 6: a constant is written name=value, constants are separated by commas");
  EXPECT_EQ(constants_error("a=1,"),
            "column 5: a constant is written name=value, constants are separated by commas");
  EXPECT_EQ(constants_error("x=1"), "column 1: 'x' is taken: it cannot name a constant");
  EXPECT_EQ(constants_error("sin=1"), "column 1: 'sin' is taken: it cannot name a constant");
  EXPECT_EQ(constants_error("2a=1"), "column 1: '2a' is not a name: letters, digits and _, not "
                                     "starting with a digit");
  EXPECT_EQ(constants_error("a="), "column 2: the constant 'a' has no value");
  EXPECT_EQ(constants_error("a=1/0"), "column 3: the value of 'a' is not finite");
  EXPECT_EQ(constants_error("a=1 2"), "column 5: unexpected '2'; an operator is missing before it");
}
