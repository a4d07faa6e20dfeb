// The box that `auto` finds leaves out at most the stated mass of a start that only a formula knows, and is not much wider.
#include "model/domain/domain.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace lowland;

namespace
{
constexpr double mass_left_out = 1e-10;
constexpr double excess = 1.25; // of distances: masses are seen cell by cell

/// The box for the loss |theta|^2/2 with eta sigma = 0.01, which by itself reaches to 0.65.
Domain box_for(unsigned int dimension, const std::string &formula)
{
  const std::string losses[] = {"", "x^2/2", "(x^2+y^2)/2", "(x^2+y^2+z^2)/2"};
  const auto parameters = Parameters::from_text(
      "", "test",
      {"Dimension=" + std::to_string(dimension), "Landscape/Loss=" + losses[dimension],
       "Noise/Learning rate=0.01", "Domain/Mass left out=1e-10", "Initial density/Kind=expression",
       "Initial density/Formula=" + formula});
  return Domain::create(parameters, Model(parameters), InitialDensity(parameters));
}

/// The part of a normal density more than z standard deviations on one side.
double normal_tail(double z)
{
  return std::erfc(z / std::sqrt(2)) / 2;
}

/// Between the distance (in standard deviations) that leaves out a share of 1/(2d) and the same, made wider.
void expect_just_beyond(double distance, unsigned int dimension)
{
  EXPECT_LT(normal_tail(distance), mass_left_out / (2 * dimension));
  EXPECT_GT(normal_tail(distance / excess), mass_left_out / (2 * dimension));
}
} // namespace

TEST(StartBox, HoldsANormalDensity)
{
  const Domain box = box_for(2, "exp(-((x-3)^2 + (y+1)^2/4)/2)");
  expect_just_beyond(box.upper[0] - 3, 2);
  expect_just_beyond(3 - box.lower[0], 2);
  expect_just_beyond((box.upper[1] + 1) / 2, 2);
  expect_just_beyond((-1 - box.lower[1]) / 2, 2);
}

TEST(StartBox, HoldsADensityFarAway)
{
  const Domain box = box_for(3, "exp(-((x-30)^2+y^2+z^2)/8)");
  EXPECT_LT(normal_tail((box.upper[0] - 30) / 2), mass_left_out);
  EXPECT_LT(box.upper[0], excess * (30 + 7 * 2));
  EXPECT_NEAR(box.lower[0], -0.65, 0.1);
}

TEST(StartBox, HoldsAHeavyTail)
{
  const Domain box = box_for(1, "(1+x^2)^(-2)"); // beyond r lie 2/(3 pi) r^-3
  const double r = std::cbrt(2 / (3 * M_PI) / (mass_left_out / 2));
  EXPECT_GT(box.upper[0], r);
  EXPECT_LT(box.upper[0], excess * r);
  EXPECT_NEAR(box.lower[0], -box.upper[0], 1e-9 * r);
}

TEST(StartBox, IsThatOfTheInvariantDensityWhereTheStartHasNoFiniteMass)
{
  for (const std::string formula : {"1", "2+sin(x)", "1/(1+x^2+y^2)", "0"})
  {
    const Domain box = box_for(2, formula);
    EXPECT_NEAR(box.upper[0], 0.65, 0.05) << formula;
    EXPECT_NEAR(box.upper[1], 0.65, 0.05) << formula;
  }
}
