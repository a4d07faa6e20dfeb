// The chain between wells: elimination against the solution by hand, and its digits where conductances
// differ by 200 orders of magnitude.
#include "model/escape/well_chain.h"

#include "input/errors.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace lowland;

namespace
{
/// Wells in a row, c01 between 0 and 1 and so on.
WellChain row(const std::vector<double> &conductances, const std::vector<double> &masses)
{
  WellChain::Matrix c(masses.size(), std::vector<double>(masses.size(), 0.0));
  for (std::size_t i = 0; i < conductances.size(); ++i)
    c[i][i + 1] = c[i + 1][i] = conductances[i];
  return WellChain(c, masses);
}
} // namespace

TEST(WellChain, TwoWellsNeedNoElimination)
{
  const WellChain chain = row({3}, {2, 5});
  EXPECT_DOUBLE_EQ(chain.rate(0, {1}), 1.5);
  EXPECT_DOUBLE_EQ(chain.rate(1, {0}), 0.6);
}

// In series conductances add up as resistances; the time in the middle well counts by the chance that
// it is spent before the arrival: half.
TEST(WellChain, AWellInBetweenIsLeftFree)
{
  const WellChain chain = row({2, 2}, {3, 4, 5});
  EXPECT_DOUBLE_EQ(chain.capacity(0, 2), 1);
  EXPECT_DOUBLE_EQ(chain.rate(0, {2}), 1 / (3 + 4 / 2.0));
  EXPECT_DOUBLE_EQ(chain.rate(1, {0, 2}), 1);
}

TEST(WellChain, CompositionsAreTheChancesOfArrivingFirst)
{
  WellChain chain = row({1, 3}, {1, 1, 1});
  chain.keep_only({0, 2});
  EXPECT_EQ(chain.composition(0), (std::vector<double>{1, 0.25, 0}));
  EXPECT_EQ(chain.composition(2), (std::vector<double>{0, 0.75, 1}));
}

// The slow step is the last: 1e-180; in a Gaussian elimination with diagonals it drowns in the others.
TEST(WellChain, RelativeAccuracySurvivesAnyRangeOfConductances)
{
  const WellChain chain = row({1e-10, 1e-100, 1e-180}, {1, 1e-20, 1e-150, 1e-60});
  EXPECT_DOUBLE_EQ(chain.capacity(0, 3), 1 / (1e180 + 1e100 + 1e10));
  EXPECT_NEAR(chain.rate(0, {3}) / 1e-180, 1, 1e-14);
  EXPECT_NEAR(chain.rate(3, {0}) / 1e-120, 1, 1e-14);
}

// Of a square whose opposite corners exchange nothing: what falls from well 3 into the deep well 0 by way of 1, once in
// e^56 escapes, comes back so much later that the mean time to well 2 hangs on it. No capacity does.
TEST(WellChain, ATimeMayHangOnAConductanceFarBelowEveryCapacity)
{
  WellChain::Matrix c(4, std::vector<double>(4, 0.0));
  c[0][1] = c[1][0] = 7e-63;
  c[0][2] = c[2][0] = 1.3e-92;
  c[2][3] = c[3][2] = 3.7e-79;
  const double deep = 5e-3, shallow = 3.9e-30, fall = 1.8e-103;
  const WellChain without(c, {deep, 7e-14, 2.7e-19, shallow});
  const WellChain with = without.strengthened(3, 1, fall);
  EXPECT_NEAR(without.rate(3, {2}) / (c[2][3] / shallow), 1, 1e-12);
  EXPECT_NEAR(1 / with.rate(3, {2}) / (fall / c[2][3] * deep / c[0][2]), 1, 1e-9);
  EXPECT_NEAR(with.capacity(3, 1) / without.capacity(3, 1), 1, 1e-10);
}

TEST(WellChain, TheGapOfTwoWellsIsTheSumOfTheirRates)
{
  EXPECT_DOUBLE_EQ(row({3}, {2, 5}).gap(), 1.5 + 0.6);
}

// n equal wells in a row: 2 - 2 cos(pi/n); in a ring of conductances 1 and masses 2: (2 - 2 cos(2 pi/n)) / 2.
TEST(WellChain, TheGapOfManyWells)
{
  EXPECT_NEAR(row({1, 1, 1, 1}, {1, 1, 1, 1, 1}).gap(), 2 - 2 * std::cos(M_PI / 5), 1e-14);
  WellChain::Matrix ring(6, std::vector<double>(6, 0.0));
  for (std::size_t i = 0; i < 6; ++i)
    ring[i][(i + 1) % 6] = ring[(i + 1) % 6][i] = 1;
  EXPECT_NEAR(WellChain(ring, std::vector<double>(6, 2.0)).gap(), (2 - 2 * std::cos(M_PI / 3)) / 2,
              1e-14);
}

// The middle well relaxes to the first at once; the third exchanges its mass with both through the conductance 1e-170.
TEST(WellChain, TheGapKeepsItsDigits)
{
  EXPECT_NEAR(row({1e-3, 1e-170}, {2, 1e-5, 1e-50}).gap() / (1e-170 * 1e50), 1, 1e-14);
}

TEST(WellChain, AWellThatIsCutOffIsSaid)
{
  const WellChain chain = row({1, 0}, {1, 1, 1});
  EXPECT_THROW(chain.rate(0, {1}), SolverError);
  EXPECT_THROW(chain.gap(), SolverError);
}
