// Rates of escape on the line and in the plane do not depend on the number of ranks.
#include "same_rates.h"

using namespace lowland;

TEST(EscapeRanks, OnTheLineDownTo1e60)
{
  expect_same_rates("line", box + Settings{"Dimension=1", "Landscape/Loss=(x^2-1)^2 + 0.2*x",
                                           "Noise/Learning rate=0.008"});
}
TEST(EscapeRanks, InThePlaneWithThreeWells)
{
  expect_same_rates(
      "plane",
      box + Settings{"Dimension=2", "Escape/Tolerance=1e-2", "Noise/Learning rate=0.05",
                     "Landscape/Loss=0.5 - 0.5*cos(3*x) + (y - 0.3*x)^2 + 0.1*x*(x + 0.4)"});
}
TEST(EscapeRanks, ToARegionAndASide)
{
  expect_same_rates("exit",
                    box + Settings{"Dimension=2", "Landscape/Loss=x^2 + y^2/2",
                                   "Noise/Learning rate=0.1", "Escape/Tolerance=3e-2",
                                   "Domain/Absorbing=y+", "Escape/Exit=(x-1)^2 + y^2 < 0.1"});
}
TEST(EscapeRanks, WithoutDetailedBalance)
{
  expect_same_rates("general", box + Settings{"Dimension=2", "Landscape/Loss=(x^2-1)^2 + y^2",
                                              "Noise/Kind=tensor", "Noise/Tensor=0.3; 0.1; 0.2",
                                              "Escape/Tolerance=3e-2"});
}
