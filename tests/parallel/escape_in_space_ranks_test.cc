// Rates of escape in space do not depend on the number of ranks.
#include "same_rates.h"

using namespace lowland;

TEST(EscapeRanks, BetweenTwoWellsInSpace)
{
  expect_same_rates("space", box + Settings{"Dimension=3", "Landscape/Kind=double-well",
                                            "Noise/Learning rate=0.3", "Escape/Tolerance=1e-1"});
}
