// Tables of numbers in files of comma-separated values (RFC 4180), read by libcsv.
#pragma once

#include <string>
#include <vector>

namespace lowland
{
/// A table with a name for each column.
struct NumberTable
{
  std::vector<std::string> names;           ///< from the first line
  std::vector<std::vector<double>> columns; ///< [column][row]

  std::size_t n_rows() const { return columns.empty() ? 0 : columns.front().size(); }
};

/// Reads a file whose first line names the columns; every further line has a finite number for each.
/// Throws std::runtime_error with the line and what is wrong: no such file, quotes that do not
/// balance, too few or too many values, a value that is missing or not a number, a name twice.
NumberTable read_csv(const std::string &file);
} // namespace lowland
