#include "output/basin_masses.h"

#include "discretization/cell_model.h"

#include <deal.II/base/mpi.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>

namespace lowland
{
using namespace dealii;

namespace
{
/// Adds to `points` the point `p`.
template <int dim>
void append(const Point<dim> &p, Points &points)
{
  for (unsigned int i = 0; i < dim; ++i)
    points.x[i].push_back(p[i]);
}

/// Of each locally owned cell, the one basin that its corners and its centre lie in, or -2 where they
/// differ; by active cell index.
template <int dim>
std::vector<int> basins_of_cells(const Triangulation<dim> &triangulation, const Basins &basins)
{
  constexpr int mixed = -2;
  Points points(dim, 0);
  std::vector<std::size_t> position(triangulation.n_vertices(), 0);
  std::vector<bool> seen(triangulation.n_vertices(), false);
  for (const auto &cell : triangulation.active_cell_iterators())
    if (cell->is_locally_owned())
    {
      append(cell->center(), points);
      for (const unsigned int v : cell->vertex_indices())
        if (const auto index = cell->vertex_index(v); !seen[index])
        {
          seen[index] = true;
          position[index] = points.x[0].size();
          append(cell->vertex(v), points);
        }
    }
  const std::vector<int> at = basins.at(points);

  std::vector<int> result(triangulation.n_active_cells(), mixed);
  std::fill(seen.begin(), seen.end(), false);
  std::size_t next = 0; // the same order again
  for (const auto &cell : triangulation.active_cell_iterators())
    if (cell->is_locally_owned())
    {
      int &basin = result[cell->active_cell_index()];
      basin = at[next++];
      for (const unsigned int v : cell->vertex_indices())
      {
        const auto index = cell->vertex_index(v);
        if (at[position[index]] != basin)
          basin = mixed;
        if (!seen[index])
        {
          seen[index] = true;
          ++next;
        }
      }
    }
  return result;
}
} // namespace

template <int dim>
std::vector<double> basin_masses(const DensitySpace<dim> &space, const Model &model,
                                 const PETScVector &u, const Basins &basins)
{
  const auto &triangulation = space.mesh().triangulation();
  const auto polynomials = space.cell_polynomials(u);
  const std::vector<int> of_cell = basins_of_cells(triangulation, basins);
  std::vector<double> masses(basins.size(), 0.0), values;
  CellModel<dim> cell_model(space, model, space.quadrature());
  // The points of cells in several basins, and their masses, to follow the flow from all of them at once.
  Points shared(dim, 0);
  std::vector<double> shared_masses;
  for (const auto &cell : triangulation.active_cell_iterators())
    if (cell->is_locally_owned())
    {
      const int basin = of_cell[cell->active_cell_index()];
      if (basin == Basins::none)
        continue;
      cell_model.reinit(cell);
      cell_model.evaluate(polynomials[cell->active_cell_index()], values);
      for (std::size_t q = 0; q < values.size(); ++q)
      {
        const double mass = cell_model.weighted_measure[q] * values[q];
        if (basin >= 0)
          masses[basin] += mass;
        else
        {
          for (unsigned int i = 0; i < dim; ++i)
            shared.x[i].push_back(cell_model.points.x[i][q]);
          shared_masses.push_back(mass);
        }
      }
    }
  const std::vector<int> at = basins.at(shared);
  for (std::size_t q = 0; q < at.size(); ++q)
    if (at[q] != Basins::none)
      masses[at[q]] += shared_masses[q];
  Utilities::MPI::sum(masses, space.communicator(), masses);
  return masses;
}

#define INSTANTIATE(dim)                                                                           \
  template std::vector<double> basin_masses(const DensitySpace<dim> &, const Model &,              \
                                            const PETScVector &, const Basins &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
