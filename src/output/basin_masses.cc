#include "output/basin_masses.h"

#include "discretization/form/cell_model.h"
#include "discretization/mesh/cell_parts.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature.h>
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

constexpr int mixed = -2;

/// Of each locally owned cell, the one basin that its corners and its centre lie in, or `mixed`; by
/// active cell index.
template <int dim>
std::vector<int> basins_of_cells(const Triangulation<dim> &triangulation, const Basins &basins)
{
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
BasinPartition<dim>::BasinPartition(const DensitySpace<dim> &space, const Model &model,
                                    const Basins &basins)
    : space_(space), model_(model), n_basins_(basins.size()),
      of_cell_(basins_of_cells(space.mesh().triangulation(), basins)), of_part_(of_cell_.size())
{
  // The flow is followed from the parts of all mixed cells at once.
  Points shared(dim, 0);
  std::vector<std::size_t> mixed_cells;
  CellModel<dim> middles(space, model, CellParts<dim>::middles());
  for (const auto &cell : space.mesh().triangulation().active_cell_iterators())
    if (cell->is_locally_owned() && of_cell_[cell->active_cell_index()] == mixed)
    {
      mixed_cells.push_back(cell->active_cell_index());
      middles.reinit(cell);
      for (unsigned int i = 0; i < dim; ++i)
        shared.x[i].insert(shared.x[i].end(), middles.points.x[i].begin(),
                           middles.points.x[i].end());
    }
  const std::vector<int> at = basins.at(shared);
  auto next = at.begin();
  for (const std::size_t k : mixed_cells)
  {
    of_part_[k].assign(next, next + middles.n_points());
    next += middles.n_points();
  }
}

template <int dim>
std::vector<double> BasinPartition<dim>::masses(const PETScVector &u) const
{
  const auto polynomials = space_.cell_polynomials(u);
  const CellParts<dim> parts(space_.degree() + 2);
  CellModel<dim> whole(space_, model_, space_.quadrature()), in_parts(space_, model_, parts.rule());
  std::vector<double> masses(n_basins_, 0.0), values;
  for (const auto &cell : space_.mesh().triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      const auto index = cell->active_cell_index();
      if (of_cell_[index] == Basins::none)
        continue;
      const bool is_mixed = of_cell_[index] == mixed;
      CellModel<dim> &cell_model = is_mixed ? in_parts : whole;
      cell_model.reinit(cell);
      cell_model.evaluate(polynomials[index], values);
      for (std::size_t q = 0; q < values.size(); ++q)
        if (const int k = is_mixed ? of_part_[index][parts.part_of(q)] : of_cell_[index];
            k != Basins::none)
          masses[k] += cell_model.weighted_measure[q] * values[q];
    }
  Utilities::MPI::sum(masses, space_.communicator(), masses);
  return masses;
}

template class BasinPartition<1>;
template class BasinPartition<2>;
template class BasinPartition<3>;
} // namespace lowland
