// Jumps of coefficients, and what is steep but continuous.
#include "model/domain/jumps.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace lowland;

namespace
{
/// On the intervals between -1, -0.9, ..., 1.
std::vector<Coordinates> jumps_of(double (*g)(double))
{
  Points from, to;
  from.x = to.x = {{}};
  for (int k = -10; k < 10; ++k)
  {
    from.x[0].push_back(0.1 * k);
    to.x[0].push_back(0.1 * (k + 1));
  }
  return find_jumps(
      [&](const Points &points, Components &values) {
        values.assign(1, {});
        for (const double x : points.x[0])
          values[0].push_back(g(x));
      },
      from, to);
}
} // namespace

TEST(Jumps, AreFoundWhereTheyAre)
{
  const auto jumps = jumps_of([](double x) { return 1 + 1e-3 * (x > -0.73) - 0.5 * (x > 0.3141); });
  ASSERT_EQ(jumps.size(), 2u);
  EXPECT_NEAR(jumps[0][0], -0.73, 1e-9);
  EXPECT_NEAR(jumps[1][0], 0.3141, 1e-9);
}

TEST(Jumps, SteepIsContinuous)
{
  EXPECT_TRUE(jumps_of([](double x) { return 1 + std::tanh((x - 0.123) / 1e-5); }).empty());
  EXPECT_TRUE(jumps_of([](double x) { return std::sqrt(std::abs(x - 0.05)); }).empty());
  EXPECT_TRUE(jumps_of([](double x) { return std::abs(x + 0.33) + x * x; }).empty());
}

// 0/0 at the kink of (x-a)/|x-a| is met by no halving; what is nowhere a number holds no jump.
TEST(Jumps, BesideWhatIsNoNumber)
{
  EXPECT_EQ(jumps_of([](double x) { return 2 + (x - 0.05) / std::abs(x - 0.05); }).size(), 1u);
  EXPECT_TRUE(jumps_of([](double) { return std::nan(""); }).empty());
}

TEST(Jumps, AcrossALineInThePlane)
{
  Points from, to;
  from.x = {{0, 0, 0}, {0, 0, 0}};
  to.x = {{1, -1, 1}, {1, -1, -1}};
  const auto jumps = find_jumps(
      [](const Points &points, Components &values) {
        values.assign(2, std::vector<double>(points.size(), 1.0));
        for (std::size_t q = 0; q < points.size(); ++q)
          values[1][q] += points.x[0][q] + points.x[1][q] > 0.5;
      },
      from, to);
  ASSERT_EQ(jumps.size(), 1u);
  EXPECT_NEAR(jumps[0][0], 0.25, 1e-9);
  EXPECT_NEAR(jumps[0][1], 0.25, 1e-9);
}
