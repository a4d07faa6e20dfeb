// A mesh and a function on it as records of its cells, the same for any number of ranks.
#pragma once

#include "discretization/mesh/cell_name.h"
#include "discretization/space/density_space.h"

#include <functional>
#include <string>
#include <vector>

namespace lowland
{
/// One record for each locally owned active cell, with its polynomial from
/// DensitySpace::cell_polynomials().
template <int dim>
std::string cell_records(const Mesh<dim> &mesh,
                         const std::vector<std::vector<double>> &polynomials);

/// The active cells of all ranks. Collective.
template <int dim>
std::vector<CellName> active_cells(const Mesh<dim> &mesh);

/// Coarsens a mesh until these, which have been refined since, are its active cells again. Collective.
template <int dim>
void coarsen_to(Mesh<dim> &mesh, const std::vector<CellName> &active_cells);

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
