// Minima against the known ones.
#include "model/search/minima.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
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

/// Of radius 1 around 0.
SearchRegion ball(unsigned int dimension)
{
  SearchRegion region = box(1);
  region.contains = [](const Coordinates &x) { return std::hypot(x[0], x[1], x[2]) <= 1; };
  region.boundary = sphere_patches({}, 1, dimension);
  return region;
}

/// The triangle with these corners.
SearchRegion triangle(const Coordinates &a, const Coordinates &b, const Coordinates &c)
{
  const auto side = [](const Coordinates &p, const Coordinates &q, const Coordinates &x) {
    return (q[0] - p[0]) * (x[1] - p[1]) - (q[1] - p[1]) * (x[0] - p[0]);
  };
  SearchRegion region;
  for (unsigned int i = 0; i < 2; ++i)
  {
    region.lower[i] = std::min({a[i], b[i], c[i]});
    region.upper[i] = std::max({a[i], b[i], c[i]});
  }
  region.contains = [=](const Coordinates &x) {
    return side(a, b, x) >= 0 && side(b, c, x) >= 0 && side(c, a, x) >= 0;
  };
  region.boundary = {face_patch({a, b}), face_patch({b, c}), face_patch({c, a})};
  return region;
}

SearchRegion between(double lower, double upper)
{
  return {Box{{{lower, lower, lower}}, {{upper, upper, upper}}}};
}

/// Where f' changes its sign from - to +, ascending.
std::vector<double> minima_by_slope(const std::function<double(double)> &slope, double lower,
                                    double upper)
{
  std::vector<double> found;
  constexpr unsigned int n = 20000;
  for (unsigned int k = 0; k < n; ++k)
  {
    double a = lower + k * (upper - lower) / n, b = lower + (k + 1) * (upper - lower) / n;
    if (!(slope(a) < 0 && slope(b) >= 0))
      continue;
    for (unsigned int halving = 0; halving < 60; ++halving)
      (slope((a + b) / 2) < 0 ? a : b) = (a + b) / 2;
    found.push_back(b);
  }
  return found;
}

/// Minima of f(x) + f(y) + ... are all combinations of those of f.
void expect_grid_of(const std::vector<double> &expected, std::vector<Minimum> minima,
                    unsigned int dimension)
{
  ASSERT_EQ(minima.size(), std::lround(std::pow(expected.size(), dimension)));
  std::vector<bool> is_found(minima.size(), false);
  for (const Minimum &minimum : minima)
  {
    std::size_t combination = 0;
    for (unsigned int i = 0; i < dimension; ++i)
    {
      const double x = minimum.point[i];
      const auto nearest =
          std::min_element(expected.begin(), expected.end(),
                           [x](double a, double b) { return std::fabs(a - x) < std::fabs(b - x); });
      EXPECT_NEAR(x, *nearest, 1e-6);
      combination = combination * expected.size() + (nearest - expected.begin());
    }
    is_found[combination] = true;
  }
  EXPECT_EQ(std::count(is_found.begin(), is_found.end(), true), std::ptrdiff_t(minima.size()));
}
} // namespace

// The unit of the loss is no matter: with it, the squares of gradients leave the range of floating point.
TEST(FindMinima, AnyUnitOfTheLossWillDo)
{
  for (const std::string unit : {"1", "1e-300", "1e-40", "1e200", "1e300"})
  {
    SCOPED_TRACE(unit);
    const Landscape landscape(2, unit + "*((x^2-1)^2 + 0.1*x + 0.5*(y-x)^2)");
    const auto minima = find_minima(landscape, box(2));
    ASSERT_EQ(minima.size(), 2u);
    for (const Minimum &minimum : minima)
    {
      EXPECT_NEAR(4 * minimum.point[0] * (std::pow(minimum.point[0], 2) - 1), -0.1, 1e-7);
      EXPECT_NEAR(minimum.point[1], minimum.point[0], 1e-7);
    }
  }
}

// f = 2 + 0.8 cos x + 0.4 sin 2x rises from 0 on, and has one minimum, where sin x = cos 2x.
TEST(FindMinima, TheEndsOfAPeriodAreNone)
{
  const Landscape landscape(1, "2 + 0.8*cos(x) + 0.4*sin(2*x)");
  for (const double begin : {0.0, 2.0, 5 * M_PI / 6, 3 * M_PI / 2})
  {
    SearchRegion region;
    region.lower[0] = begin;
    region.upper[0] = begin + 2 * M_PI;
    region.periodic[0] = true;
    const auto minima = find_minima(landscape, region);
    ASSERT_EQ(minima.size(), 1u) << begin;
    EXPECT_NEAR(minima[0].point[0], begin > M_PI ? 17 * M_PI / 6 : 5 * M_PI / 6, 1e-6) << begin;
  }
}

TEST(FindMinima, DoubleWellHasTwoWithTheLowerFirst)
{
  for (unsigned int d = 1; d <= 3; ++d)
  {
    const auto minima = find_minima(Landscape::named("double-well", d), box(2.5));
    ASSERT_EQ(minima.size(), 2u) << d;
    for (const auto &minimum : minima)
    {
      const double x = minimum.point[0];
      // Values of f, which the search compares, resolve x to the root of a rounding, 1e-8.
      EXPECT_NEAR(4 * x * (x * x - 1) + 0.2, 0, 1e-7);
    }
    EXPECT_LT(minima[0].loss, minima[1].loss);
    const double x = minima[0].point[0];
    EXPECT_NEAR(minima[0].curvatures[d - 1], 12 * x * x - 4, 1e-12);
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

TEST(FindMinima, TheRimOfABallCounts)
{
  const auto disc = find_minima(Landscape(2, "(x-2)^2 + (y-1)^2"), ball(2));
  ASSERT_EQ(disc.size(), 1u);
  EXPECT_NEAR(disc[0].point[0], 2 / std::sqrt(5), 1e-7);
  EXPECT_NEAR(disc[0].point[1], 1 / std::sqrt(5), 1e-7);
  EXPECT_NEAR(disc[0].loss, 6 - 2 * std::sqrt(5), 1e-14);
  const auto sphere = find_minima(Landscape(3, "x + 2*y - 2*z"), ball(3));
  ASSERT_EQ(sphere.size(), 1u);
  EXPECT_NEAR(sphere[0].loss, -3, 1e-14);
  const auto pole = find_minima(Landscape(3, "-z"), ball(3));
  ASSERT_EQ(pole.size(), 1u);
  EXPECT_NEAR(pole[0].loss, -1, 1e-15);
}

TEST(FindMinima, OfAConstantTheMiddleStandsForAll)
{
  for (const SearchRegion &region : {ball(2), box(1), between(-1, 1)})
  {
    const auto minima = find_minima(Landscape(2, "3"), region);
    ASSERT_EQ(minima.size(), 1u);
    EXPECT_EQ(minima[0].loss, 3);
    EXPECT_EQ(minima[0].point, Coordinates{});
  }
  EXPECT_EQ(find_minima(Landscape(1, "0"), between(1, 3)).front().point[0], 2);
}

// -x^2 falls to both sides; what falls from the rim inwards is no minimum.
TEST(FindMinima, TheRimAndTheInteriorAreToldApart)
{
  const auto both = find_minima(Landscape(2, "y^2 - x^2 + x/10"), ball(2));
  ASSERT_EQ(both.size(), 2u);
  EXPECT_NEAR(both[0].loss, -1.1, 1e-14);
  EXPECT_NEAR(both[1].loss, -0.9, 1e-14);
  const auto inside = find_minima(Landscape(2, "(x-0.3)^2 + y^2"), ball(2));
  ASSERT_EQ(inside.size(), 1u);
  EXPECT_NEAR(inside[0].loss, 0, 1e-20);
}

TEST(FindMinima, SlantedSidesCount)
{
  const auto region = triangle({{0, 0, 0}}, {{2, 1, 0}}, {{0, 3, 0}});
  // the foot of the perpendicular from (2, -1) to the side from (0,0) to (2,1)
  const auto side = find_minima(Landscape(2, "(x-2)^2 + (y+1)^2"), region);
  ASSERT_EQ(side.size(), 1u);
  EXPECT_NEAR(side[0].point[0], 1.2, 1e-7);
  EXPECT_NEAR(side[0].point[1], 0.6, 1e-7);
  const auto corner = find_minima(Landscape(2, "(x-3)^2 + (y-1)^2"), region);
  ASSERT_EQ(corner.size(), 1u);
  EXPECT_NEAR(corner[0].loss, 1, 1e-14);
}

// A warped face of a hexahedron: f is lowest in its middle.
TEST(FindMinima, ABilinearFaceIsItself)
{
  const BoundaryPatch face = face_patch({{{0, 0, 0}}, {{1, 0, 1}}, {{0, 1, 1}}, {{1, 1, 0}}});
  const auto points = boundary_candidates(Landscape(3, "(x-0.5)^2 + (y-0.25)^2 + z/100"), {face});
  ASSERT_EQ(points.size(), 1u);
  // z = x + y - 2xy; the gradient of f on the face vanishes at x = 0.5 + O(0.01)
  EXPECT_NEAR(points[0][2], points[0][0] + points[0][1] - 2 * points[0][0] * points[0][1], 1e-14);
  EXPECT_NEAR(2 * (points[0][0] - 0.5) + (1 - 2 * points[0][1]) / 100, 0, 1e-7);
  EXPECT_NEAR(2 * (points[0][1] - 0.25) + (1 - 2 * points[0][0]) / 100, 0, 1e-7);
}

TEST(FindMinima, TheBoundaryCounts)
{
  const auto minima = find_minima(Landscape(2, "x + (y-1)^2"), box(2));
  ASSERT_EQ(minima.size(), 1u);
  EXPECT_NEAR(minima[0].point[0], -2, 1e-9);
  EXPECT_NEAR(minima[0].point[1], 1, 1e-9);
}

// 3 sin(3x) + x/50 = 0 at nine minima, near the multiples of 2 pi/3; f also falls towards both
// ends.
TEST(FindMinima, ManyWellsAreAllFound)
{
  const auto minima = find_minima(Landscape(2, "x^2/100 + 1 - cos(3*x) + y^2"), box(10));
  ASSERT_EQ(minima.size(), 11u);
  EXPECT_NEAR(minima[0].point[0], 0, 1e-9);
  EXPECT_EQ(std::fabs(minima[9].point[0]), 10);
  EXPECT_EQ(std::fabs(minima[10].point[0]), 10);
}

// A descent must not leap over a barrier, down into a deeper well.
TEST(FindMinima, WellsAreFoundBesideDeeperOnes)
{
  struct Case
  {
    double stiffness, lower, upper;
    std::size_t n;
  };
  for (const Case &c : std::vector<Case>{{0.1, -6, 6, 6},
                                         {0.1, -5.5, 5.5, 6},
                                         {0.1, -5.3, 6, 6},
                                         {0.1, -1.5, 6, 4},
                                         {0.02, -20, 20, 20}})
  {
    SCOPED_TRACE(testing::Message() << c.stiffness << " x^2 in " << c.lower << ", " << c.upper);
    const auto expected = minima_by_slope(
        [&](double x) { return 2 * c.stiffness * x - 3 * std::sin(3 * x); }, c.lower, c.upper);
    ASSERT_EQ(expected.size(), c.n);
    const Landscape landscape(1, "a*x^2 + cos(3*x) + 1", {{"a", c.stiffness}});
    expect_grid_of(expected, find_minima(landscape, between(c.lower, c.upper)), 1);
  }
}

TEST(FindMinima, WellsAreFoundBesideDeeperOnesInAnyDimension)
{
  const auto expected =
      minima_by_slope([](double x) { return 0.2 * x - 3 * std::sin(3 * x); }, -6, 6);
  ASSERT_EQ(expected.size(), 6u);
  const Landscape plane(2, "0.1*(x^2+y^2) + cos(3*x) + cos(3*y) + 2");
  expect_grid_of(expected, find_minima(plane, box(6)), 2);
  const Landscape space(3, "0.1*(x^2+y^2+z^2) + cos(3*x) + cos(3*y) + cos(3*z) + 3");
  expect_grid_of(expected, find_minima(space, box(6)), 3);
}

// Three wells of -log of a mixture of Gaussians, of depths and widths that differ.
TEST(FindMinima, EachPartOfAMixtureHasAMinimum)
{
  const auto slope = [](double x) {
    const double centre[] = {-1.45, 0.4, 2}, weight[] = {0.23, 0.7, 0.07},
                 width[] = {0.3, 0.2, 0.1};
    double density = 0, derivative = 0;
    for (unsigned int k = 0; k < 3; ++k)
    {
      const double z = (x - centre[k]) / width[k], part = weight[k] * std::exp(-z * z / 2);
      density += part / width[k];
      derivative -= part * z / (width[k] * width[k]);
    }
    return -derivative / density;
  };
  const Landscape landscape(1, "-log(0.23/0.3*exp(-((x+1.45)/0.3)^2/2)"
                               " + 0.7/0.2*exp(-((x-0.4)/0.2)^2/2)"
                               " + 0.07/0.1*exp(-((x-2)/0.1)^2/2))");
  const auto expected = minima_by_slope(slope, -4, 4);
  ASSERT_EQ(expected.size(), 3u);
  expect_grid_of(expected, find_minima(landscape, box(4)), 1);
}

// What holds for a loss holds for its mirror images: here they are the loss itself.
TEST(FindMinima, SymmetricLossesHaveSymmetricMinima)
{
  const Landscape landscape(2, "sin(x*y) + 0.1*(x^2 + y^2)");
  const auto minima = find_minima(landscape, box(6));
  ASSERT_EQ(minima.size(), 24u);
  for (const Minimum &minimum : minima)
  {
    const auto &[x, y, z] = minimum.point;
    for (const Coordinates &image : {Coordinates{{-x, -y, 0}}, Coordinates{{y, x, 0}}})
      EXPECT_TRUE(std::any_of(minima.begin(), minima.end(),
                              [&](const Minimum &other) {
                                return std::hypot(other.point[0] - image[0],
                                                  other.point[1] - image[1]) < 1e-6;
                              }))
          << x << " " << y;
  }
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
  ASSERT_EQ(kink.size(), 1u);
  EXPECT_NEAR(kink[0].point[0], 0.3, 1e-4);
}

// Newton's method stops beside the kink, on the slope along it or on the ridge that two kinks make.
TEST(FindMinima, KinksAreFollowedDownToRoundings)
{
  struct Case
  {
    unsigned int dimension;
    std::string formula;
    Coordinates minimum;
  };
  for (const Case &c : std::vector<Case>{{1, "abs(x-0.3)^1.5", {{0.3, 0, 0}}},
                                         {1, "abs(x-0.3)^0.5", {{0.3, 0, 0}}},
                                         {2, "abs(x) + y^2", {}},
                                         {2, "(x-0.3)^2 + abs(y-0.1)", {{0.3, 0.1, 0}}},
                                         {2, "abs(x-y) + (x+y-0.3)^2", {{0.15, 0.15, 0}}},
                                         {2, "max(abs(x-0.2), abs(y+0.1))", {{0.2, -0.1, 0}}},
                                         {2, "1000*abs(x-0.4*y-0.1) + abs(x-0.3)", {{0.3, 0.5, 0}}},
                                         {2, "((x-0.3)^2 + (y-0.1)^2)^0.75", {{0.3, 0.1, 0}}},
                                         {3, "abs(x-0.3) + abs(y-0.2*x) + z^2", {{0.3, 0.06, 0}}}})
  {
    SCOPED_TRACE(c.formula);
    const auto minima = find_minima(Landscape(c.dimension, c.formula), box(2));
    ASSERT_EQ(minima.size(), 1u);
    for (unsigned int i = 0; i < c.dimension; ++i)
      EXPECT_NEAR(minima[0].point[i], c.minimum[i], 1e-7); // y^2 is resolved to a rounding of 1
    EXPECT_NEAR(minima[0].loss, 0, 1e-12);                 // 1000 times a rounding of x
  }
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
