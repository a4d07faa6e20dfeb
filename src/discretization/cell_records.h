// A mesh and a function on it as records of its cells, the same for any number of ranks.
#pragma once

#include "discretization/density_space.h"

#include <array>
#include <functional>
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

/// One record for each locally owned active cell, with its polynomial from
/// DensitySpace::cell_polynomials().
template <int dim>
std::string cell_records(const Mesh<dim> &mesh,
                         const std::vector<std::vector<double>> &polynomials);

/// The names in the records of a block.
std::vector<CellName> names_of(const std::string &records, std::size_t n_values);

/// Refines a mesh of root cells until these are its active cells. Throws OutputError where they are not
/// those of any refinement of it. Collective.
template <int dim>
void refine_to(Mesh<dim> &mesh, const std::vector<CellName> &active_cells);

/// The function of the records: `next_block` gives them block by block, the same to all ranks, and
/// nothing at the end. Throws OutputError where a cell has no record. Collective.
template <int dim>
PETScVector read_records(const DensitySpace<dim> &space,
                         const std::function<std::string()> &next_block);
} // namespace lowland
