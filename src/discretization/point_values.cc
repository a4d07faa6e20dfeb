#include "discretization/point_values.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe.h>
#include <deal.II/fe/mapping.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

#include <limits>
#include <map>

namespace lowland
{
using namespace dealii;

template <int dim>
double value_at(const DensitySpace<dim> &space, const PETScVector &u, const Coordinates &x)
{
  Point<dim> point;
  for (unsigned int i = 0; i < dim; ++i)
    point[i] = x[i];
  const auto polynomials = space.cell_polynomials(u);
  double value = std::numeric_limits<double>::lowest();
  for (const auto &cell : space.mesh().triangulation().active_cell_iterators())
    if (cell->is_locally_owned() && cell->point_inside(point))
    {
      const Point<dim> unit = space.mesh().mapping().transform_real_to_unit_cell(cell, point);
      const auto &polynomial = polynomials[cell->active_cell_index()];
      value = 0;
      for (unsigned int i = 0; i < polynomial.size(); ++i)
        value += polynomial[i] * space.finite_element().shape_value(i, unit);
    }
  return Utilities::MPI::max(value, space.communicator());
}

template <int dim>
std::vector<Coordinates> exit_points(const DensitySpace<dim> &space)
{
  std::map<types::global_dof_index, Point<dim>> nodes;
  DoFTools::map_dofs_to_support_points(space.mesh().mapping(), space.dof_handler(), nodes);
  std::vector<Coordinates> points;
  for (const IndexSet &exit : space.exits())
    for (const auto index : exit)
    {
      Coordinates x{};
      for (unsigned int i = 0; i < dim; ++i)
        x[i] = nodes.at(index)[i];
      points.push_back(x);
    }
  return points;
}

#define INSTANTIATE(dim)                                                                           \
  template double value_at(const DensitySpace<dim> &, const PETScVector &, const Coordinates &);   \
  template std::vector<Coordinates> exit_points(const DensitySpace<dim> &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
