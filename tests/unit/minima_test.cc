// Minima, integrability at them and at infinity, against the known answers.
#include "model/minima.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace lowland;

namespace
{
SearchRegion box(double half_width)
{
  const double w = half_width;
  return {{{-w, -w, -w}}, {{w, w, w}}, {}};
}

} // namespace

TEST(FindMinima, DoubleWellHasTwoWithTheLowerFirst)
{
  for (unsigned int d = 1; d <= 3; ++d)
  {
    const auto minima = find_minima(Landscape::named("double-well", d), box(2.5));
    ASSERT_EQ(minima.size(), 2u) << d;
    for (const auto &minimum : minima)
    {
      const double x = minimum.point[0];
      EXPECT_NEAR(4 * x * (x * x - 1) + 0.2, 0, 1e-13);
    }
    EXPECT_LT(minima[0].loss, minima[1].loss);
    const double x = minima[0].point[0];
    EXPECT_NEAR(minima[0].curvatures[d - 1], 12 * x * x - 4, 1e-9);
    if (d > 1)
    {
      EXPECT_NEAR(minima[0].curvatures[0], 1, 1e-9);
    }
  }
}

TEST(FindMinima, WideBoxesAreSearchedAroundTheOrigin)
{
  const auto minima = find_minima(Landscape::named("two-basins", 2), box(1e6));
  ASSERT_EQ(minima.size(), 2u);
  for (const auto &minimum : minima)
  {
    EXPECT_NEAR(std::fabs(minimum.point[0]), 1, 1e-9);
    EXPECT_NEAR(minimum.loss, 0, 1e-18);
  }
}

TEST(FindMinima, TheBoundaryCounts)
{
  const auto minima = find_minima(Landscape(2, "x + (y-1)^2"), box(2));
  ASSERT_EQ(minima.size(), 1u);
  EXPECT_NEAR(minima[0].point[0], -2, 1e-9);
  EXPECT_NEAR(minima[0].point[1], 1, 1e-9);
}

TEST(FindMinima, DegenerateMinimaAreFound)
{
  const auto quartic = find_minima(Landscape(2, "(x-0.3)^4 + (y+0.2)^4"), box(2));
  ASSERT_EQ(quartic.size(), 1u);
  EXPECT_NEAR(quartic[0].point[0], 0.3, 1e-3);
  const auto log_minima = find_minima(Landscape::named("log-minima", 2), box(3));
  ASSERT_EQ(log_minima.size(), 2u);
  EXPECT_NEAR(std::fabs(log_minima[0].point[0]), 1, 1e-6);
  const auto kink = find_minima(Landscape(1, "abs(x-0.3)"), box(2));
  EXPECT_LE(kink.size(), 1u);
}

TEST(FindMinima, ConnectedMinimisersHaveAFewRepresentatives)
{
  for (unsigned int d = 1; d <= 3; ++d)
  {
    const auto ring = find_minima(Landscape::named("ring", d), box(2));
    ASSERT_GE(ring.size(), 1u);
    EXPECT_LE(ring.size(), 8u);
    for (const auto &minimum : ring)
      EXPECT_NEAR(std::hypot(minimum.point[0], minimum.point[1], minimum.point[2]), 1, 1e-6);
  }
  const auto valley = find_minima(Landscape::named("valley", 2), box(3));
  bool left = false, right = false;
  for (const auto &minimum : valley)
  {
    EXPECT_NEAR(minimum.point[0] * minimum.point[1], 1, 1e-6);
    (minimum.point[0] < 0 ? left : right) = true;
  }
  EXPECT_TRUE(left && right);
  EXPECT_LE(valley.size(), 8u);
}

TEST(FindMinima, APredicateCutsTheRegion)
{
  SearchRegion half = box(2);
  half.contains = [](const Coordinates &x) { return x[0] > 0; };
  const auto minima = find_minima(Landscape::named("double-well", 2), half);
  ASSERT_EQ(minima.size(), 1u);
  EXPECT_GT(minima[0].point[0], 0);
}

TEST(FindMinima, PartsWhereTheLossIsNotRealAreAvoided)
{
  const auto minima = find_minima(Landscape(1, "x - log(x)"), box(4));
  ASSERT_EQ(minima.size(), 1u);
  EXPECT_NEAR(minima[0].point[0], 1, 1e-9);
}
