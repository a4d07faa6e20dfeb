#include "discretization/mesh/mesh.h"

#include "discretization/mesh/dealii_points.h"
#include "discretization/mesh/root_cells.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/mapping_q.h>
#include <deal.II/fe/mapping_q1.h>
#include <deal.II/grid/tria.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
using namespace dealii;

namespace
{
/// Where the region that absorbs begins and ends.
std::vector<Coordinates> rim_on_line(const Domain &domain)
{
  constexpr unsigned int n = 20000;
  const auto inside = [&](double x) { return domain.walls.region->value({{x, 0, 0}}) != 0; };
  const double h = (domain.upper[0] - domain.lower[0]) / n;
  std::vector<Coordinates> rim;
  for (unsigned int k = 0; k + 1 < n; ++k)
  {
    double low = domain.lower[0] + (k + 0.5) * h, high = low + h;
    const bool at_low = inside(low);
    if (at_low == inside(high))
      continue;
    for (unsigned int i = 0; i < 60; ++i)
      (inside(0.5 * (low + high)) == at_low ? low : high) = 0.5 * (low + high);
    rim.push_back({{high, 0, 0}});
  }
  return rim;
}

/// Whether a lattice of points on the cell is partly in the region, partly not.
template <int dim, typename Cell>
bool is_cut(const Mapping<dim> &mapping, const Cell &cell, const Function &region)
{
  constexpr unsigned int n = dim == 2 ? 9 : 5;
  bool any = false, all = true;
  for (unsigned int k = 0; k < (dim == 2 ? n * n : n * n * n); ++k)
  {
    Point<dim> unit;
    for (unsigned int i = 0, rest = k; i < dim; ++i, rest /= n)
      unit[i] = (rest % n) / (n - 1.0);
    const bool inside =
        region.value(to_coordinates(mapping.transform_unit_to_real_cell(cell, unit))) != 0;
    any = any || inside;
    all = all && inside;
  }
  return any && !all;
}

template <int dim>
std::unique_ptr<Mapping<dim>> create_mapping(const Domain &domain)
{
  if (domain.kind == Domain::Kind::ball && dim > 1)
    return std::make_unique<MappingQ<dim>>(4);
  return std::make_unique<MappingQ1<dim>>();
}

/// Refines the cells above the deepest level that are wanted, and what comes of them, until none is.
template <int dim, typename Wanted>
void refine_while(Triangulation<dim> &triangulation, unsigned int deepest, MPI_Comm communicator,
                  const Wanted &is_wanted)
{
  for (bool again = true; again;)
  {
    bool marked = false;
    for (const auto &cell : triangulation.active_cell_iterators())
      if (!cell->is_artificial() && static_cast<unsigned int>(cell->level()) < deepest &&
          is_wanted(cell))
      {
        cell->set_refine_flag();
        marked = true;
      }
    again = Utilities::MPI::logical_or(marked, communicator);
    if (again)
      triangulation.execute_coarsening_and_refinement();
  }
}
} // namespace

template <int dim>
Mesh<dim>::Mesh(const Domain &domain, const Coordinates &scale, MPI_Comm communicator)
    : communicator_(communicator), domain_(domain),
      triangulation_(root_cells<dim>(domain, scale, communicator)),
      mapping_(create_mapping<dim>(domain))
{
}

template <int dim>
Mesh<dim>::~Mesh() = default;

template <int dim>
Quadrature<dim> Mesh<dim>::gauss(unsigned int n) const
{
  const QGauss<1> along_radius(n + domain_.radial_dimension / 2);
  if constexpr (dim == 1)
    return QAnisotropic<1>(along_radius);
  // Only in a box are the last axes of all cells the radius.
  const QGauss<1> others(domain_.kind == Domain::Kind::box ? n : along_radius.size());
  if constexpr (dim == 2)
    return QAnisotropic<2>(others, along_radius);
  if constexpr (dim == 3)
    return QAnisotropic<3>(others, others, along_radius);
}

template <int dim>
Quadrature<dim - 1> Mesh<dim>::gauss_on_sides(unsigned int n) const
{
  return QGauss<dim - 1>(n + domain_.radial_dimension / 2);
}

template <int dim>
void Mesh<dim>::refine_uniformly(unsigned int times)
{
  triangulation_->refine_global(times);
}

template <int dim>
void Mesh<dim>::refine_around(const std::vector<Coordinates> &points,
                              const std::vector<double> &sizes, unsigned int deepest)
{
  refine_while(*triangulation_, deepest, communicator_, [&](const auto &cell) {
    for (std::size_t k = 0; k < points.size(); ++k)
      if (cell->diameter() > sizes[k] &&
          cell->center().distance(to_point<dim>(points[k])) < 1.5 * cell->diameter())
        return true;
    return false;
  });
}

template <int dim>
double Mesh<dim>::smallest_cell_at(const Coordinates &point) const
{
  double smallest = std::numeric_limits<double>::infinity();
  for (const auto &cell : triangulation_->active_cell_iterators())
    if (cell->is_locally_owned() &&
        cell->center().distance(to_point<dim>(point)) < cell->diameter())
      smallest = std::min(smallest, cell->diameter());
  return Utilities::MPI::min(smallest, communicator_);
}

template <int dim>
bool Mesh<dim>::absorbs(const Point<dim> &centre) const
{
  return domain_.walls.region && domain_.walls.region->value(to_coordinates(centre)) != 0;
}

template <int dim>
void Mesh<dim>::refine_rim(double size, unsigned int deepest)
{
  if (!domain_.walls.region)
    return;
  if constexpr (dim == 1)
  {
    const std::vector<Coordinates> rim = rim_on_line(domain_);
    refine_around(rim, std::vector<double>(rim.size(), size), deepest);
    move_vertices_to(rim);
    return;
  }
  // A region smaller than the cells would slip through the points that are looked at.
  const double coarsest = std::max(size, width() / 16);
  refine_while(*triangulation_, deepest, communicator_, [&](const auto &cell) {
    return cell->is_locally_owned() && cell->diameter() > size * std::sqrt(1.0 * dim) &&
           (cell->diameter() > 2 * coarsest || is_cut(*mapping_, cell, *domain_.walls.region));
  });
}

template <int dim>
void Mesh<dim>::move_vertices_to(const std::vector<Coordinates> &points)
{
  if constexpr (dim == 1)
    for (const Coordinates &point : points)
    {
      const Point<1> target(point[0]);
      Point<1> *nearest = nullptr;
      bool is_there = false; // on the boundary, which must not move, but for roundings
      for (const auto &cell : triangulation_->active_cell_iterators())
        for (const unsigned int v : cell->vertex_indices())
        {
          Point<1> &vertex = cell->vertex(v);
          const double distance = vertex.distance(target);
          const double rounding = cell->at_boundary(v) ? 1e-10 * cell->diameter() : 0;
          is_there = is_there || distance <= rounding;
          if (!cell->at_boundary(v) && (!nearest || distance < nearest->distance(target)))
            nearest = &vertex;
        }
      if (!is_there && nearest)
        *nearest = target;
    }
  else
    (void)points;
}

template <int dim>
std::size_t Mesh<dim>::n_cells() const
{
  return triangulation_->n_global_active_cells();
}

template <int dim>
double Mesh<dim>::width() const
{
  return lowland::width(box_of_root_cells(*triangulation_), dim);
}

template <int dim>
SearchRegion Mesh<dim>::search_region() const
{
  return domain_.kind == Domain::Kind::file ? region_of_root_cells(*triangulation_, domain_.walls)
                                            : domain_.search_region();
}

template class Mesh<1>;
template class Mesh<2>;
template class Mesh<3>;
} // namespace lowland
