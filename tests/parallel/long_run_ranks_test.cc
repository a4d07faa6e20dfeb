// The number of ranks changes neither the slowest modes nor the computed invariant density: the run on 1
// rank leaves its numbers in the working folder, the others compare.
#include "support.h"

#include "tasks/tasks.h"

#include <deal.II/base/mpi.h>

#include <fstream>
#include <nlohmann/json.hpp>

using namespace lowland;

namespace
{
/// Compares the numbers under `keys` (numbers or lists of them) to `tolerance`, relative above 1.
void expect_same_on_all_ranks(const std::string &name, const nlohmann::json &summary,
                              const std::vector<std::string> &keys, double tolerance)
{
  const std::string file = "long_run_" + name + ".json";
  if (dealii::Utilities::MPI::n_mpi_processes(MPI_COMM_WORLD) == 1)
  {
    std::ofstream(file) << summary;
    return;
  }
  const auto alone = nlohmann::json::parse(std::ifstream(file));
  for (const std::string &key : keys)
  {
    const auto here = summary[key].flatten(), there = alone[key].flatten();
    ASSERT_EQ(here.size(), there.size()) << key;
    for (const auto &[path, value] : here.items())
      EXPECT_NEAR(value.get<double>(), there[path].get<double>(),
                  tolerance * std::max(1.0, std::abs(there[path].get<double>())))
          << key << path;
  }
}

const Settings plane = {"Landscape/Kind=double-well", "Noise/Learning rate=0.2", "Domain/Kind=box",
                        "Domain/Lower corner=-2.5", "Domain/Upper corner=2.5"};
const Settings line = {"Dimension=1",
                       "Landscape/Kind=student",
                       "Noise/Kind=loss-scaled",
                       "Noise/Learning rate=0.5",
                       "Domain/Kind=ball",
                       "Domain/Radius=20"};
} // namespace

TEST(LongRunRanks, SpectrumInThePlane)
{
  expect_same_on_all_ranks("plane",
                           run_summary(spectrum, plane + Settings{"Spectrum/Tolerance=1e-6"}),
                           {"eigenvalues", "cells", "dofs"}, 1e-8);
}

TEST(LongRunRanks, SpectrumOnTheLine)
{
  expect_same_on_all_ranks("line", run_summary(spectrum, line), {"eigenvalues", "cells"}, 1e-8);
}

TEST(LongRunRanks, QuasiStationaryDensity)
{
  expect_same_on_all_ranks("absorbed",
                           run_summary(stationary, plane + Settings{"Escape/Exit=x > 0.5 || y > 2",
                                                                    "Stationary/Tolerance=1e-3"}),
                           {"mean", "quasi_stationary_rate", "spectral_gap", "cells"}, 1e-8);
}

TEST(LongRunRanks, ComputedInvariantDensity)
{
  expect_same_on_all_ranks(
      "stationary",
      run_summary(stationary, plane + Settings{"Stationary/Method=computed",
                                               "Discretization/Reference weight=one"}),
      {"mean", "second_moment", "expected_loss", "l1_to_invariant", "current", "basin_masses",
       "spectral_gap", "cells"},
      1e-8);
}
