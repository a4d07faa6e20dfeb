// The names of cells that are the same for any number of ranks, as they stand in records.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace lowland
{
/// The root cell, the way down from it (child by child, `dim` bits each, from the highest bit of two
/// words), and the level. deal.II's CellId ends at level 30, which is not enough on a line. In this order
/// a cell stands right before those that lie inside of it.
using CellName = std::array<unsigned int, 4>;

/// Bytes of one record: the name of a cell and the `n_values` values of a function on it.
constexpr std::size_t record_size(std::size_t n_values)
{
  return sizeof(CellName) + n_values * sizeof(double);
}

/// The names in the records of a block.
std::vector<CellName> names_of(const std::string &records, std::size_t n_values);
} // namespace lowland
