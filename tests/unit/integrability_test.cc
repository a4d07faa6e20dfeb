// Integrability at minima and at infinity, against the known answers.
#include "model/equilibrium/integrability.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace lowland;

namespace
{
SearchRegion box(double half_width)
{
  const double w = half_width;
  return {Box{{{-w, -w, -w}}, {{w, w, w}}}};
}

/// V of loss-scaled noise with eta sigma = k.
Potential loss_scaled(double k)
{
  return [k](double f) { return (1 + 1 / k) * std::log(f); };
}

Potential isotropic(double k)
{
  return [k](double f) { return f / k; };
}

Minimum minimum_at(const Landscape &landscape, const Coordinates &point)
{
  return {point, landscape.value(point), {}};
}

bool diverges(const Landscape &landscape, const Potential &potential, const Coordinates &point)
{
  return divergence_at(landscape, potential, minimum_at(landscape, point)).has_value();
}

/// V with exp(-V) = f^-p, whatever the noise behind it.
Potential power(double p)
{
  return [p](double f) { return p * std::log(f); };
}
} // namespace

// f^-p is integrable at a quadratic minimum of codimension q if and only if 2p < q.
TEST(DivergenceAt, HalfTheCodimensionDecidesAtNondegenerateMinima)
{
  const std::vector<std::string> terms = {"", "(x-a)^2", " + 4*(y-a)^2", " + 9*(z-a)^2"};
  std::string formula;
  for (unsigned int q = 1; q <= 3; ++q)
  {
    formula += terms[q];
    for (const double a : {0., 1.})
    {
      const Landscape landscape(q, formula, {{"a", a}});
      const Coordinates point = {{a, q > 1 ? a : 0, q > 2 ? a : 0}};
      EXPECT_FALSE(diverges(landscape, power(q / 2. - 0.01), point)) << q;
      EXPECT_TRUE(diverges(landscape, power(q / 2.), point)) << q;
      EXPECT_TRUE(diverges(landscape, power(q / 2. + 0.5), point)) << q;
    }
  }
}

// Scaling y ~ x^(1/2) gives each threshold, e.g. int y^2 y^-4p dy for x^2 + y^4.
TEST(DivergenceAt, ShellsDecideAtDegenerateMinima)
{
  struct Case
  {
    unsigned int dimension;
    std::string formula;
    double threshold;
  };
  for (const Case &c : std::vector<Case>{{1, "(x-a)^4", 0.25},
                                         {1, "(x-a)^6", 1. / 6},
                                         {2, "(x-a)^4 + (y-a)^4", 0.5},
                                         {2, "(x-a)^2 + (y-a)^4", 0.75},
                                         {3, "(x-a)^2 + (y-a)^2 + (z-a)^4", 1.25},
                                         {3, "(x-a)^2 + (y-a)^4 + (z-a)^4", 1.}})
    for (const double a : {0., 1.})
    {
      SCOPED_TRACE(c.formula);
      const Landscape landscape(c.dimension, c.formula, {{"a", a}});
      const Coordinates point = {{a, c.dimension > 1 ? a : 0, c.dimension > 2 ? a : 0}};
      EXPECT_FALSE(diverges(landscape, power(c.threshold - 0.03), point));
      EXPECT_TRUE(diverges(landscape, power(c.threshold), point));
      EXPECT_TRUE(diverges(landscape, power(c.threshold + 0.03), point));
    }
}

TEST(DivergenceAt, ConnectedMinimisersCountByCodimension)
{
  const Coordinates on_ring = {{0.6, 0.8, 0}}, on_valley = {{2, 0.5, 0}};
  EXPECT_FALSE(diverges(Landscape::named("ring", 2), power(0.49), on_ring));
  EXPECT_TRUE(diverges(Landscape::named("ring", 2), power(0.5), on_ring));
  EXPECT_TRUE(diverges(Landscape::named("ring", 3), power(0.5), on_ring));
  EXPECT_FALSE(diverges(Landscape::named("valley", 2), power(0.49), on_valley));
  EXPECT_TRUE(diverges(Landscape::named("valley", 2), power(0.5), on_valley));
  const Landscape circle(3, "(x^2+y^2-1)^2 + z^2");
  EXPECT_FALSE(diverges(circle, power(0.99), on_ring));
  EXPECT_TRUE(diverges(circle, power(1), on_ring));
}

// int r^(q-1) (r log r)^-q dr = int dr / (r log^q r) is finite for q > 1.
TEST(DivergenceAt, TheLogarithmSavesTheCriticalCase)
{
  for (const double side : {-1., 1.})
  {
    const Coordinates point = {{side, 0, 0}};
    EXPECT_FALSE(diverges(Landscape::named("log-minima", 2), power(1), point));
    EXPECT_TRUE(diverges(Landscape::named("log-minima", 2), power(1.1), point));
    EXPECT_FALSE(diverges(Landscape::named("log-minima", 3), power(1.5), point));
    EXPECT_TRUE(diverges(Landscape::named("log-minima", 3), power(1.6), point));
  }
}

// The volume where f < t is a power of t, and f^-p is integrable for p below that power: 1 + 1/2 for |x| + y^2.
TEST(DivergenceAt, KinksHaveTheirOwnThresholds)
{
  struct Case
  {
    unsigned int dimension;
    std::string formula;
    double threshold;
  };
  for (const Case &c : std::vector<Case>{
           {1, "abs(x-0.3)^1.5", 1 / 1.5},
           {1, "abs(x-0.3)^0.5", 2},
           {1, "abs(x^2-2)^0.5", 2}, // f is 2e-8 at the nearest number to the root of 2
           {2, "(x^2+y^2)^0.5", 2},
           {2, "((x-0.3)^2+(y-0.1)^2)^0.75", 2 / 1.5},
           {2, "abs(x-0.3) + abs(y-0.1)", 2},
           {2, "abs(x) + y^2", 1.5},
           {2, "sqrt(abs(x)) + y^2", 2.5},
           {2, "abs(x-y) + (x+y-0.3)^2", 1.5},
           {2, "abs(x-y)", 1},
           {2, "abs(x*y-1)", 1},
           {3, "abs(x-0.3) + abs(y-0.2*x) + z^2", 2.5}})
  {
    SCOPED_TRACE(c.formula);
    const Landscape landscape(c.dimension, c.formula);
    const auto minima = find_minima(landscape, box(2));
    ASSERT_FALSE(minima.empty());
    for (const Minimum &minimum : minima)
    {
      EXPECT_FALSE(divergence_at(landscape, power(c.threshold - 0.03), minimum));
      EXPECT_TRUE(divergence_at(landscape, power(c.threshold), minimum));
      EXPECT_TRUE(divergence_at(landscape, power(c.threshold + 0.03), minimum));
    }
    const Landscape raised(c.dimension, c.formula, {}, 1e-6);
    EXPECT_FALSE(
        divergence_at(raised, power(c.threshold + 1), find_minima(raised, box(2)).front()));
  }
}

TEST(DivergenceAt, FinitePotentialsAndPositiveLossesNeverDiverge)
{
  EXPECT_FALSE(diverges(Landscape::named("quadratic", 2), isotropic(0.01), {}));
  EXPECT_FALSE(diverges(Landscape::named("student", 2), loss_scaled(0.1), {}));
  EXPECT_FALSE(diverges(Landscape::named("quadratic", 2, {}, 1e-8), loss_scaled(0.1), {}));
  EXPECT_TRUE(diverges(Landscape::named("quadratic", 2), loss_scaled(0.1), {}));
}

TEST(DivergenceAt, HoldsAtTheMinimaThatTheSearchFinds)
{
  for (const char *kind : {"two-basins", "ring", "valley", "log-minima"})
  {
    const Landscape landscape = Landscape::named(kind, 2);
    for (const Minimum &minimum : find_minima(landscape, box(3)))
      EXPECT_TRUE(divergence_at(landscape, loss_scaled(0.5), minimum).has_value()) << kind;
  }
}

// Zeros in the interior have infinite mass whatever the power; zero sets that cross have none.
TEST(DivergenceAt, PlateausOfLossZeroAreFound)
{
  for (const auto &[d, formula] :
       std::vector<std::pair<unsigned int, std::string>>{{1, "max(0, x^2-1)"},
                                                         {1, "((x^2-1 + abs(x^2-1))/2)^2"},
                                                         {2, "max(0, x^2+y^2-1)"},
                                                         {2, "max(0, x-0.3) + max(0, 0.2*y)"},
                                                         {3, "max(0, x^2+y^2+z^2-0.01)"}})
  {
    SCOPED_TRACE(formula);
    const Landscape landscape(d, formula);
    const auto minima = find_minima(landscape, box(2));
    ASSERT_FALSE(minima.empty());
    const auto divergence = divergence_at(landscape, power(1.1), minima.front());
    ASSERT_TRUE(divergence.has_value());
    EXPECT_EQ(landscape.value(divergence->point), 0);
  }
  const Landscape cross(2, "x^2*y^2");
  EXPECT_FALSE(diverges(cross, power(0.2), {}));
}

// d r/dt = -q r^(q-1) ends at 0 in finite time for q < 2.
TEST(DivergenceAt, TellsWhetherTheFlowGetsThereInFiniteTime)
{
  struct Case
  {
    unsigned int dimension;
    std::string formula;
    bool in_finite_time;
  };
  for (const Case &c : std::vector<Case>{{1, "abs(x)", true},
                                         {1, "abs(x - 0.5)^1.5", true},
                                         {1, "x^2", false},
                                         {1, "x^4", false},
                                         {1, "max(0, abs(x)-1)", true},
                                         {1, "max(0, abs(x)-1)^2", false},
                                         {2, "abs(x) + y^2", true},
                                         {2, "abs(x-y)", true},
                                         {2, "(x*y-1)^2", false},
                                         {2, "(x^2+y^2)^0.5", true},
                                         {2, "max(0, x^2+y^2-1)", true},
                                         {2, "max(0, x^2+y^2-1)^2", false},
                                         {3, "abs(x) + y^2 + z^2", true}})
  {
    SCOPED_TRACE(c.formula);
    const Landscape landscape(c.dimension, c.formula);
    const auto minima = find_minima(landscape, box(2));
    ASSERT_FALSE(minima.empty());
    const auto divergence = divergence_at(landscape, power(6), minima.front());
    ASSERT_TRUE(divergence.has_value());
    EXPECT_EQ(divergence->in_finite_time, c.in_finite_time);
  }
  const Landscape log_minima = Landscape::named("log-minima", 2);
  const auto divergence =
      divergence_at(log_minima, power(6), find_minima(log_minima, box(3)).front());
  ASSERT_TRUE(divergence.has_value());
  EXPECT_FALSE(divergence->in_finite_time) << "a logarithm faster than exponentially, on no mesh";
}

TEST(DivergenceAt, SaysWhy)
{
  const auto divergence = divergence_at(Landscape::named("quadratic", 2), loss_scaled(0.5), {});
  ASSERT_TRUE(divergence.has_value());
  EXPECT_EQ(divergence->reason,
            "the density behaves like f^-3 near minimisers of loss 0 and "
            "codimension 2, where it can be integrated only for exponents below 1");
}

// Marginals of (1+r^2)^-p in R^d are Student: beyond L lies C L^(d-2p)/(2p-d), C = Gamma(p-(d-1)/2)
// / (sqrt(pi) Gamma(p-d/2)) for L >> 1; each side of each axis gets 1/(2d) of the mass left out.
TEST(BoxHolding, StudentReachesAsFarAsItsTailSays)
{
  const double mass = 1e-10;
  for (unsigned int d = 1; d <= 3; ++d)
    for (const double k : {0.25, 0.8})
    {
      const double p = 1 + 1 / k, n = 2 * p - d;
      if (p < 1.6 + d / 4.)
        continue; // reaches beyond what is searched
      const double c = std::tgamma(p - (d - 1) / 2.) / std::sqrt(M_PI) / std::tgamma(p - d / 2.);
      const double expected = std::pow(c / n * 2 * d / mass, 1 / n);
      const auto found = box_holding(Landscape::named("student", d), loss_scaled(k), {}, mass);
      ASSERT_TRUE(found.has_value()) << d << " " << k;
      for (unsigned int i = 0; i < d; ++i)
      {
        EXPECT_NEAR(found->upper[i] / expected, 1, 0.1) << d << " " << k;
        EXPECT_NEAR(found->lower[i] / expected, -1, 0.1) << d << " " << k;
      }
    }
}

TEST(BoxHolding, TheHeaviestTailsAreFollowedUntilTheyCannotBeIntegrated)
{
  const auto heavy = box_holding(Landscape::named("student", 2), loss_scaled(2), {}, 1e-10);
  ASSERT_TRUE(heavy.has_value());
  EXPECT_GT(heavy->upper[0], 1e9);
  EXPECT_LT(heavy->upper[0], 1e11);
  EXPECT_FALSE(box_holding(Landscape::named("student", 3), loss_scaled(2), {}, 1e-10));
  EXPECT_FALSE(box_holding(Landscape::named("student", 3), loss_scaled(3), {}, 1e-10));
  EXPECT_FALSE(box_holding(Landscape(2, "1 + x^2"), isotropic(1), {}, 1e-10));
}

// Along x^a y = 1 the valley of (x^a y - 1)^2 is 1/x^a wide. Where x and y narrow it alike, int dx/x diverges; it slips
// between the rays of a star, as does one that no axis shows the way of.
TEST(BoxHolding, ValleysThatNarrowAreFollowed)
{
  EXPECT_FALSE(box_holding(Landscape::named("valley", 2), isotropic(0.1), {}, 1e-10));
  EXPECT_FALSE(box_holding(Landscape(2, "(x*y-1)^2"), isotropic(0.1), {{1, 1, 0}}, 1e-6));
  EXPECT_FALSE(box_holding(Landscape(2, "((x+2*y)*(y-x/3)-1)^2"), isotropic(0.1), {}, 1e-6));
  // With a slow rise along the valley there is a box: beyond x = L lies exp(-L^2/1000) 500/L^2, of about 12 in all, and
  // each side gets a quarter of the mass left out. Distances are resolved to a quarter of an octave.
  const auto held =
      box_holding(Landscape(2, "(x*y-1)^2 + (x^2+y^2)/10000"), isotropic(0.1), {{1, 1, 0}}, 1e-6);
  ASSERT_TRUE(held.has_value());
  EXPECT_NEAR(held->upper[0] / 99, 1, 0.19);
  EXPECT_NEAR(held->upper[1] / 99, 1, 0.19);
}

// Small losses were left as they are, where active sets of TAO's are found by absolute lengths: it crashed.
TEST(BoxHolding, AnyUnitOfTheLossWillDo)
{
  const auto expected = box_holding(Landscape(1, "(x^2-1)^2"), isotropic(0.2), {{-1, 0, 0}}, 1e-10);
  ASSERT_TRUE(expected.has_value());
  for (const std::string unit : {"1e-8", "1e-10", "1e-14", "1e-30", "1e20"})
  {
    const auto found = box_holding(Landscape(1, unit + "*(x^2-1)^2"),
                                   isotropic(0.2 * std::stod(unit)), {{-1, 0, 0}}, 1e-10);
    ASSERT_TRUE(found.has_value()) << unit;
    EXPECT_NEAR(found->upper[0] / expected->upper[0], 1, 1e-9) << unit;
    EXPECT_NEAR(found->lower[0] / expected->lower[0], 1, 1e-9) << unit;
  }
}

// Beyond L = 6.57 standard deviations on one side lies 2.5e-11 of a Gaussian (6.47:
// 5e-11, 6.63: 1.7e-11).
TEST(BoxHolding, GaussiansGetTheirOwnWidthOnEachAxis)
{
  const double deviations[] = {0, 6.467, 6.571, 6.632};
  for (unsigned int d = 1; d <= 3; ++d)
  {
    const Landscape landscape =
        Landscape::named("quadratic", d, {{"a", 1}, {"b", 100}, {"c", 1e4}});
    const auto found = box_holding(landscape, isotropic(0.1), {}, 1e-10);
    ASSERT_TRUE(found.has_value());
    for (unsigned int i = 0; i < d; ++i)
    {
      const double expected = deviations[d] * std::sqrt(0.1) / std::pow(10, i);
      EXPECT_NEAR(found->upper[i] / expected, 1, 0.04) << d << i;
      EXPECT_NEAR(found->lower[i] / expected, -1, 0.04) << d << i;
    }
  }
}

TEST(BoxHolding, WellsAwayFromTheCentreAreInside)
{
  for (unsigned int d = 1; d <= 3; ++d)
  {
    const auto found =
        box_holding(Landscape::named("double-well", d, {{"tilt", 0}}), isotropic(1e-3), {}, 1e-10);
    ASSERT_TRUE(found.has_value());
    EXPECT_LT(found->lower[0], -1 - 6 * std::sqrt(1e-3 / 8)); // curvature 8 in x, 1 in y and z
    EXPECT_GT(found->lower[0], -1.3);
    for (unsigned int i = 1; i < d; ++i)
    {
      EXPECT_GT(found->upper[i], 6 * std::sqrt(1e-3));
      EXPECT_LT(found->upper[i], 0.35);
    }
  }
}
