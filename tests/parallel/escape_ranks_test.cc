// The number of ranks changes no rate: the run on 1 rank leaves its rates in the working folder, the others
// compare. All take the same meshes; only the order of sums and the solver's rounding differ: 1e-8.
#include "support.h"

#include <deal.II/base/mpi.h>

#include <fstream>

using namespace lowland;

namespace
{
void expect_same_on_all_ranks(const std::string &name, const Settings &settings)
{
  const nlohmann::json rates = run_summary(escape, settings).at("rates");
  const std::string file = "escape_" + name + ".json";
  if (dealii::Utilities::MPI::n_mpi_processes(MPI_COMM_WORLD) == 1)
  {
    std::ofstream(file) << rates;
    return;
  }
  std::ifstream in(file);
  ASSERT_TRUE(in) << "the run on 1 rank must come first: no " << file;
  const auto alone = nlohmann::json::parse(in);
  ASSERT_EQ(rates.size(), alone.size());
  for (std::size_t i = 0; i < rates.size(); ++i)
    for (const char *key : {"rate", "mfpt"})
      EXPECT_NEAR(rates[i][key].get<double>() / alone[i][key].get<double>(), 1, 1e-8)
          << i << " " << key;
}

const Settings box = {"Domain/Kind=box", "Domain/Lower corner=-2", "Domain/Upper corner=2"};
} // namespace

TEST(EscapeRanks, OnTheLineDownTo1e60)
{
  expect_same_on_all_ranks("line", box + Settings{"Dimension=1", "Landscape/Loss=(x^2-1)^2 + 0.2*x",
                                                  "Noise/Learning rate=0.008"});
}
TEST(EscapeRanks, InThePlaneWithThreeWells)
{
  expect_same_on_all_ranks(
      "plane",
      box + Settings{"Dimension=2", "Escape/Tolerance=1e-2", "Noise/Learning rate=0.05",
                     "Landscape/Loss=0.5 - 0.5*cos(3*x) + (y - 0.3*x)^2 + 0.1*x*(x + 0.4)"});
}
TEST(EscapeRanks, ToARegionAndASide)
{
  expect_same_on_all_ranks("exit", box + Settings{"Dimension=2", "Landscape/Loss=x^2 + y^2/2",
                                                  "Noise/Learning rate=0.1",
                                                  "Escape/Tolerance=3e-2", "Domain/Absorbing=y+",
                                                  "Escape/Exit=(x-1)^2 + y^2 < 0.1"});
}
TEST(EscapeRanks, WithoutDetailedBalance)
{
  expect_same_on_all_ranks("general",
                           box + Settings{"Dimension=2", "Landscape/Loss=(x^2-1)^2 + y^2",
                                          "Noise/Kind=tensor", "Noise/Tensor=0.3; 0.1; 0.2",
                                          "Escape/Tolerance=3e-2"});
}
TEST(EscapeRanks, InSpace)
{
  expect_same_on_all_ranks("space",
                           box + Settings{"Dimension=3", "Landscape/Kind=double-well",
                                          "Noise/Learning rate=0.3", "Escape/Tolerance=1e-1"});
}
