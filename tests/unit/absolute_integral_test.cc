// The L1 norm on a cell of functions that change their sign there.
#include "discretization/form/absolute_integral.h"

#include <deal.II/base/quadrature_lib.h>

#include <cmath>
#include <gtest/gtest.h>

using namespace lowland;

namespace
{
/// |x|^2 - r^2 on the unit cube by a rule of five points along each axis: the rule's own int |g|, and ours.
template <int dim>
std::pair<double, double> by_rule_and_by_parts(double r)
{
  const dealii::QGauss<dim> rule(5);
  std::vector<double> factors;
  double by_rule = 0;
  for (unsigned int q = 0; q < rule.size(); ++q)
  {
    factors.push_back(rule.point(q).square() - r * r);
    by_rule += rule.weight(q) * std::abs(factors.back());
  }
  return {by_rule, AbsoluteIntegral<dim>(rule)(rule.get_weights(), factors)};
}

/// int g + 2 int max(-g, 0): the second over the part of a ball around a corner.
template <int dim>
void expect_ball(double r, double outside, double limit)
{
  const double exact = dim / 3.0 - r * r + 2 * outside;
  const auto [by_rule, by_parts] = by_rule_and_by_parts<dim>(r);
  EXPECT_NEAR(by_parts, exact, limit);
  EXPECT_GT(std::abs(by_rule - exact), 10 * limit) << "the rule alone is as good";
}
} // namespace

TEST(AbsoluteIntegral, OfAFunctionWithBothSigns)
{
  const double r = 0.7;
  expect_ball<1>(r, 2 * std::pow(r, 3) / 3, 1e-5);
  expect_ball<2>(r, M_PI * std::pow(r, 4) / 8, 1e-4);
  expect_ball<3>(r, M_PI * std::pow(r, 5) / 15, 1e-4);
}

// A weight that falls by e^-12 across the cell: int_0^1 e^(-12 x) |x - 0.1| dx.
TEST(AbsoluteIntegral, BesideASteepWeight)
{
  const dealii::QGauss<1> rule(6);
  std::vector<double> weights, factors;
  for (unsigned int q = 0; q < rule.size(); ++q)
  {
    weights.push_back(rule.weight(q) * std::exp(-12 * rule.point(q)[0]));
    factors.push_back(rule.point(q)[0] - 0.1);
  }
  // With F(x) = -e^(-12 x) ((x - 0.1)/12 + 1/144): F(1) - 2 F(0.1) + F(0).
  const auto f = [](double x) { return -std::exp(-12 * x) * ((x - 0.1) / 12 + 1.0 / 144); };
  const double exact = f(1) - 2 * f(0.1) + f(0);
  EXPECT_NEAR(AbsoluteIntegral<1>(rule)(weights, factors), exact, 1e-3 * exact);
}

// More points along one axis than along the other: int |x - 0.3| + 2 y over the unit square.
TEST(AbsoluteIntegral, WithMorePointsAlongOneAxis)
{
  const dealii::QAnisotropic<2> rule(dealii::QGauss<1>(3), dealii::QGauss<1>(6));
  std::vector<double> weights, factors;
  for (unsigned int q = 0; q < rule.size(); ++q)
  {
    weights.push_back(rule.weight(q) * (1 + 2 * rule.point(q)[1]));
    factors.push_back(rule.point(q)[0] - 0.3);
  }
  const double exact = 2 * (0.3 * 0.3 + 0.7 * 0.7) / 2;
  EXPECT_NEAR(AbsoluteIntegral<2>(rule)(weights, factors), exact, 1e-3 * exact);
}

TEST(AbsoluteIntegral, OfAFunctionWithOneSignIsTheRules)
{
  for (const double r : {0.0, 2.0})
  {
    const auto [by_rule, by_parts] = by_rule_and_by_parts<2>(r);
    EXPECT_DOUBLE_EQ(by_rule, by_parts);
    EXPECT_NEAR(by_parts, std::abs(2 / 3.0 - r * r), 1e-14);
  }
}
