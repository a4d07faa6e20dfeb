#include "discretization/space/cell_records.h"

#include "discretization/mesh/root_cells.h"
#include "input/errors.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/fe/fe.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <set>

namespace lowland
{
using namespace dealii;

namespace
{
template <int dim>
CellName name_of(typename Triangulation<dim>::cell_iterator cell)
{
  const unsigned int level = cell->level();
  std::uint64_t way = 0;
  for (unsigned int l = level; l > 0; --l)
  {
    const auto parent = cell->parent();
    std::uint64_t child = 0;
    while (parent->child(child) != cell)
      ++child;
    way |= child << (64 - dim * l);
    cell = parent;
  }
  return {{static_cast<unsigned int>(cell->index()), static_cast<unsigned int>(way >> 32),
           static_cast<unsigned int>(way), level}};
}

/// Whether a cell lies inside of a larger one.
template <int dim>
bool is_inside(const CellName &cell, const CellName &larger)
{
  const auto way = [](const CellName &name) {
    return (static_cast<std::uint64_t>(name[1]) << 32) | name[2];
  };
  const unsigned int level = larger[3];
  return cell[0] == larger[0] && cell[3] > level &&
         (level == 0 || (way(cell) ^ way(larger)) >> (64 - dim * level) == 0);
}
} // namespace

template <int dim>
std::string cell_records(const Mesh<dim> &mesh, const std::vector<std::vector<double>> &polynomials)
{
  std::string records;
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      const CellName name = name_of<dim>(cell);
      const auto &values = polynomials[cell->active_cell_index()];
      records.append(reinterpret_cast<const char *>(name.data()), sizeof name);
      records.append(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(double));
    }
  return records;
}

template <int dim>
std::vector<CellName> active_cells(const Mesh<dim> &mesh)
{
  std::string own, all;
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      const CellName name = name_of<dim>(cell);
      own.append(reinterpret_cast<const char *>(name.data()), sizeof(CellName));
    }
  for (const std::string &part : Utilities::MPI::all_gather(mesh.communicator(), own))
    all += part;
  return names_of(all, 0);
}

template <int dim>
void coarsen_to(Mesh<dim> &mesh, const std::vector<CellName> &active_cells)
{
  auto &triangulation = mesh.triangulation();
  const std::set<CellName> wanted(active_cells.begin(), active_cells.end());
  for (std::size_t n_before = 0; n_before != mesh.n_cells() && mesh.n_cells() > wanted.size();)
  {
    n_before = mesh.n_cells();
    for (const auto &cell : triangulation.active_cell_iterators())
      if (!cell->is_artificial() && wanted.count(name_of<dim>(cell)) == 0)
        cell->set_coarsen_flag();
    triangulation.execute_coarsening_and_refinement();
  }
}

template <int dim>
void refine_to(Mesh<dim> &mesh, const std::vector<CellName> &active_cells)
{
  const OutputError other_mesh("the checkpoint's cells are not those of a mesh of this domain.");
  auto &triangulation = mesh.triangulation();
  const std::set<CellName> wanted(active_cells.begin(), active_cells.end());
  for (const CellName &name : wanted)
    if (name[3] > deepest_level(dim))
      throw other_mesh;
  // Level by level: a cell is refined where one of the wanted ones lies inside of it. Those of a balanced
  // mesh that are cut off at some level are balanced, so nothing else is refined along.
  for (bool again = true; again;)
  {
    bool marked = false;
    for (const auto &cell : triangulation.active_cell_iterators())
    {
      if (cell->is_artificial())
        continue;
      const CellName name = name_of<dim>(cell);
      const auto inside = wanted.upper_bound(name);
      if (inside == wanted.end() || !is_inside<dim>(*inside, name))
        continue;
      cell->set_refine_flag();
      marked = true;
    }
    again = Utilities::MPI::logical_or(marked, mesh.communicator());
    if (again)
      triangulation.execute_coarsening_and_refinement();
  }
  bool other = mesh.n_cells() != active_cells.size();
  for (const auto &cell : triangulation.active_cell_iterators())
    other = other || (cell->is_locally_owned() && wanted.count(name_of<dim>(cell)) == 0);
  if (Utilities::MPI::logical_or(other, mesh.communicator()))
    throw other_mesh;
}

template <int dim>
PETScVector read_records(const DensitySpace<dim> &space,
                         const std::function<std::string()> &next_block)
{
  using Cell = typename DoFHandler<dim>::active_cell_iterator;
  std::map<CellName, Cell> unread;
  for (const Cell &cell : space.dof_handler().active_cell_iterators())
    if (cell->is_locally_owned())
      unread[name_of<dim>(typename Triangulation<dim>::cell_iterator(
          &space.mesh().triangulation(), cell->level(), cell->index()))] = cell;
  const std::size_t n_values = space.finite_element().n_dofs_per_cell();
  std::vector<types::global_dof_index> indices(n_values);
  std::vector<double> values(n_values);
  PETScVector u = space.vector();
  for (std::string block = next_block(); !block.empty(); block = next_block())
  {
    const char *record = block.data();
    for (const CellName &name : names_of(block, n_values))
    {
      if (const auto found = unread.find(name); found != unread.end())
      {
        std::memcpy(values.data(), record + sizeof(CellName), n_values * sizeof(double));
        found->second->get_dof_indices(indices);
        u.set(indices, values);
        unread.erase(found);
      }
      record += record_size(n_values);
    }
  }
  u.compress(VectorOperation::insert);
  if (Utilities::MPI::logical_or(!unread.empty(), space.communicator()))
    throw OutputError("the checkpoint has no values for some of its cells.");
  return u;
}

#define INSTANTIATE(dim)                                                                           \
  template std::string cell_records(const Mesh<dim> &, const std::vector<std::vector<double>> &);  \
  template std::vector<CellName> active_cells(const Mesh<dim> &);                                  \
  template void coarsen_to(Mesh<dim> &, const std::vector<CellName> &);                            \
  template void refine_to(Mesh<dim> &, const std::vector<CellName> &);                             \
  template PETScVector read_records(const DensitySpace<dim> &,                                     \
                                    const std::function<std::string()> &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
