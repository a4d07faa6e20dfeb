#include "discretization/space/point_values.h"

#include "discretization/mesh/dealii_points.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe.h>
#include <deal.II/fe/mapping.h>
#include <deal.II/grid/grid_tools.h>
#include <deal.II/grid/grid_tools_cache.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <limits>
#include <map>

namespace lowland
{
using namespace dealii;

namespace
{
/// How far beyond a cell a point may lie, in widths of the cell: roundings at its sides, and the rim of a ball, which is
/// an approximation.
constexpr double slack = 1e-4;

/// Where a point near a cell lies in it; far beyond it where the mapping has no inverse.
template <int dim, typename Cell>
Point<dim> position_in(const Mapping<dim> &mapping, const Cell &cell, const Point<dim> &point)
{
  try
  {
    return mapping.transform_real_to_unit_cell(cell, point);
  }
  catch (const typename Mapping<dim>::ExcTransformationFailed &)
  {
    Point<dim> beyond;
    beyond[0] = std::numeric_limits<double>::max();
    return beyond;
  }
}
} // namespace

template <int dim>
double value_at(const DensitySpace<dim> &space, const PETScVector &u, const Coordinates &x)
{
  const Point<dim> point = to_point<dim>(x);
  const auto polynomials = space.cell_polynomials(u);
  double value = std::numeric_limits<double>::lowest();
  for (const auto &cell : space.mesh().triangulation().active_cell_iterators())
    if (cell->is_locally_owned() && point.distance(cell->center()) <= cell->diameter())
    {
      const Point<dim> unit = position_in(space.mesh().mapping(), cell, point);
      if (!GeometryInfo<dim>::is_inside_unit_cell(unit, slack))
        continue;
      const auto &polynomial = polynomials[cell->active_cell_index()];
      value = 0;
      for (unsigned int i = 0; i < polynomial.size(); ++i)
        value += polynomial[i] * space.finite_element().shape_value(i, unit);
    }
  return Utilities::MPI::max(value, space.communicator());
}

/// Points come in clusters: each is looked for first where the last one was.
template <int dim>
struct PointValues<dim>::Search
{
  using Cell = typename Triangulation<dim>::active_cell_iterator;

  explicit Search(const DensitySpace<dim> &space)
      : cache(space.mesh().triangulation(), space.mesh().mapping()),
        box(GridTools::compute_bounding_box(space.mesh().triangulation())),
        end(space.mesh().triangulation().end())
  {
  }

  /// The cell that holds point q, and where in it; `end` beyond the mesh.
  std::pair<Cell, Point<dim>> operator()(const Points &points, std::size_t q)
  {
    const Point<dim> point = to_point<dim>(points[q]);
    if (!box.point_inside(point, slack))
      return {end, point};
    auto found = GridTools::find_active_cell_around_point(cache, point, last, {}, slack);
    if (found.first != end)
      last = found.first;
    return found;
  }

  GridTools::Cache<dim> cache;
  BoundingBox<dim> box;
  Cell end, last;
};

template <int dim>
PointValues<dim>::PointValues(const DensitySpace<dim> &space, const PETScVector &u)
    : space_(space), polynomials_(space.cell_polynomials(u)),
      search_(std::make_unique<Search>(space))
{
}

template <int dim>
PointValues<dim>::~PointValues() = default;

template <int dim>
void PointValues<dim>::evaluate(const Points &points, std::vector<double> &values) const
{
  values.assign(points.size(), 0.0);
  for (std::size_t q = 0; q < points.size(); ++q)
    if (const auto [cell, unit] = (*search_)(points, q); cell != search_->end)
    {
      const auto &polynomial = polynomials_[cell->active_cell_index()];
      for (unsigned int i = 0; i < polynomial.size(); ++i)
        values[q] += polynomial[i] * space_.finite_element().shape_value(i, unit);
    }
}

template <int dim>
double PointValues<dim>::smallest_width(const Points &points) const
{
  double smallest = std::numeric_limits<double>::infinity();
  for (std::size_t q = 0; q < points.size(); ++q)
    if (const auto [cell, unit] = (*search_)(points, q); cell != search_->end)
      smallest = std::min(smallest, widest_side(cell));
  return smallest;
}

template <int dim>
std::vector<Coordinates> exit_points(const DensitySpace<dim> &space)
{
  std::map<types::global_dof_index, Point<dim>> nodes;
  DoFTools::map_dofs_to_support_points(space.mesh().mapping(), space.dof_handler(), nodes);
  std::vector<Coordinates> points;
  for (const IndexSet &exit : space.exits())
    for (const auto index : exit)
      points.push_back(to_coordinates(nodes.at(index)));
  return points;
}

#define INSTANTIATE(dim)                                                                           \
  template double value_at(const DensitySpace<dim> &, const PETScVector &, const Coordinates &);   \
  template class PointValues<dim>;                                                                 \
  template std::vector<Coordinates> exit_points(const DensitySpace<dim> &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
