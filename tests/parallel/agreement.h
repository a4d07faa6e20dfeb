// The run on 1 rank leaves its records in the working folder, the runs on 2, 3 and 4 ranks compare.
// All take the same meshes and steps (indicators are rounded, thresholds absolute), so that only
// the order of sums and the solver's rounding differ: 1e-8.
#pragma once

#include "support.h"

#include <deal.II/base/mpi.h>

#include <cmath>
#include <fstream>

namespace lowland
{
inline unsigned int n_ranks()
{
  return dealii::Utilities::MPI::n_mpi_processes(MPI_COMM_WORLD);
}

/// Minimum (a single point decides) and chi2 (dominated by the far tail) are free to differ.
inline bool compared(const std::string &name)
{
  return name != "minimum_density" && name != "chi2_to_invariant";
}

inline void write_records(const std::string &file, const std::vector<Record> &records)
{
  std::ofstream out(file);
  out.precision(17);
  for (const Record &record : records)
  {
    for (const Observable &c : record.columns())
      out << c.value << " ";
    out << "\n";
  }
}

inline void compare_records(const std::string &file, const std::vector<Record> &records)
{
  std::ifstream in(file);
  ASSERT_TRUE(in) << "the run on 1 rank must come first: no " << file;
  for (const Record &record : records)
    for (const Observable &c : record.columns())
    {
      std::string word; // "nan" is no number to a stream
      in >> word;
      const double alone = std::stod(word);
      if (compared(c.name) && !(std::isnan(alone) && std::isnan(c.value)))
      {
        EXPECT_NEAR(c.value, alone, 1e-8 * std::max(1.0, std::abs(alone)))
            << c.name << " at t = " << record["time"];
      }
    }
}

/// Runs `evolve`; `name` tells the runs of one test apart.
template <int dim>
void expect_same_on_all_ranks(const std::string &name, const Settings &settings)
{
  const auto records = run_evolution<dim>(settings);
  const std::string file = "ranks_" + name + ".txt";
  if (n_ranks() == 1)
    write_records(file, records);
  else
    compare_records(file, records);
}
} // namespace lowland
