// The number of ranks changes no rate: the run on 1 rank leaves its rates in the working folder, the others
// compare. All take the same meshes; only the order of sums and the solver's rounding differ: 1e-8.
#pragma once

#include "support.h"

#include <deal.II/base/mpi.h>

#include <fstream>

namespace lowland
{
/// Runs `escape`; `name` tells the runs apart.
inline void expect_same_rates(const std::string &name, const Settings &settings)
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

inline const Settings box = {"Domain/Kind=box", "Domain/Lower corner=-2", "Domain/Upper corner=2"};
} // namespace lowland
