// The nearest known word, as error messages suggest it.
#include "input/nearest.h"

#include <gtest/gtest.h>

using namespace lowland;

TEST(Nearest, FindsTheSmallestEditDistance)
{
  const std::vector<std::string> known = {"evolve", "stationary", "check", "template", "list"};
  EXPECT_EQ(nearest("evolv", known), "evolve");
  EXPECT_EQ(nearest("EVOLVE", known), "evolve");
  EXPECT_EQ(nearest("stationery", known), "stationary");
  EXPECT_EQ(nearest("chekc", known), "check");
}

TEST(Nearest, SuggestsNothingFarFetched)
{
  EXPECT_EQ(nearest("qwertyuiop", {"evolve", "stationary"}), "");
  EXPECT_EQ(nearest("", {"x", "ab"}), "");
  EXPECT_EQ(nearest("ab", {"xy"}), "");
  EXPECT_EQ(nearest("word", {}), "");
  EXPECT_EQ(did_you_mean("qwertyuiop", {"evolve"}), "");
  EXPECT_EQ(did_you_mean("lst", {"list"}), " Did you mean `list`?");
}
