#include "discretization/mesh.h"

#include "input/rank_0.h"

#include <deal.II/base/mpi.h>
#include <deal.II/distributed/shared_tria.h>
#include <deal.II/distributed/tria.h>
#include <deal.II/fe/mapping_q.h>
#include <deal.II/fe/mapping_q1.h>
#include <deal.II/grid/grid_generator.h>
#include <deal.II/grid/grid_in.h>
#include <deal.II/grid/grid_tools.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <sstream>

namespace lowland
{
using namespace dealii;

namespace
{
template <int dim>
std::unique_ptr<Triangulation<dim>> create_triangulation(MPI_Comm communicator)
{
  // p4est demands that children be coarsened only where the 2:1 balance allows, also over vertices.
  const auto smoothing = Triangulation<dim>::limit_level_difference_at_vertices;
  if constexpr (dim == 1)
    return std::make_unique<parallel::shared::Triangulation<1>>(
        communicator, Triangulation<1>::none, false,
        parallel::shared::Triangulation<1>::partition_zorder);
  else
    return std::make_unique<parallel::distributed::Triangulation<dim>>(communicator, smoothing);
}

template <int dim>
Point<dim> to_point(const Coordinates &x)
{
  Point<dim> p;
  for (unsigned int i = 0; i < dim; ++i)
    p[i] = x[i];
  return p;
}

template <int dim>
Coordinates to_coordinates(const Point<dim> &p)
{
  Coordinates x{};
  for (unsigned int i = 0; i < dim; ++i)
    x[i] = p[i];
  return x;
}

/// Root cells along an axis of length `length`: equal ones, or, where the forest could not reach the
/// scale by halving, growing by a factor of 4 with the distance from the middle.
std::vector<double> root_steps(double length, double scale, unsigned int n, unsigned int levels)
{
  if (length / n / std::pow(2.0, levels - 4) < scale)
    return std::vector<double>(n, length / n);
  std::vector<double> outward;
  double reached = 0, step = 16 * scale;
  for (; reached + 1.5 * step < length / 2; reached += outward.back(), step *= 4)
    outward.push_back(step);
  outward.push_back(length / 2 - reached);
  std::vector<double> steps(outward.rbegin(), outward.rend());
  steps.insert(steps.end(), outward.begin(), outward.end());
  return steps;
}

/// Number of root cells along each axis: their sides shall be in proportion to `scale`, the longest
/// axis (in this measure of length) gets the most.
template <int dim>
std::array<unsigned int, dim> root_counts(const Domain &domain, const Coordinates &scale)
{
  std::array<double, dim> relative_length;
  for (unsigned int i = 0; i < dim; ++i)
    relative_length[i] = (domain.upper[i] - domain.lower[i]) / scale[i];
  const double shortest = *std::min_element(relative_length.begin(), relative_length.end());
  std::array<unsigned int, dim> counts;
  for (unsigned int i = 0; i < dim; ++i)
  {
    counts[i] = std::clamp(std::lround(relative_length[i] / shortest), 1L, 16L);
    if (domain.periodic[i])
      counts[i] = std::max(3u, counts[i]); // a cell must not be its own neighbour
  }
  return counts;
}

template <int dim>
void make_periodic(const Domain &domain, Triangulation<dim> &triangulation)
{
  std::vector<GridTools::PeriodicFacePair<typename Triangulation<dim>::cell_iterator>> pairs;
  for (unsigned int i = 0; i < dim; ++i)
    if (domain.periodic[i])
      GridTools::collect_periodic_faces(triangulation, 2 * i, 2 * i + 1, i, pairs);
  if (!pairs.empty())
    triangulation.add_periodicity(pairs);
}

/// The steps with the points, relative to the lower end, as further ends. An inner end that is closer to one than a quarter
/// of its step moves there instead.
std::vector<double> with_ends_at(std::vector<double> steps, const std::vector<double> &points)
{
  std::vector<double> ends(1, 0.0);
  for (const double step : steps)
    ends.push_back(ends.back() + step);
  const double length = ends.back();
  std::set<double> taken(points.begin(), points.end());
  for (const double point : points)
  {
    const auto next = std::lower_bound(ends.begin(), ends.end(), point);
    if (next == ends.begin() || next == ends.end())
      continue;
    const double before = *std::prev(next), after = *next, close = (after - before) / 4;
    const auto nearest = point - before < after - point ? std::prev(next) : next;
    if (std::abs(*nearest - point) < close && *nearest > 0 && *nearest < length &&
        taken.count(*nearest) == 0)
      *nearest = point;
    else
      ends.insert(next, point);
  }
  steps.clear();
  for (std::size_t k = 1; k < ends.size(); ++k)
    steps.push_back(ends[k] - ends[k - 1]);
  return steps;
}

template <int dim>
void make_box(const Domain &domain, const Coordinates &scale, Triangulation<dim> &triangulation)
{
  const auto counts = root_counts<dim>(domain, scale);
  std::vector<std::vector<double>> steps(dim);
  for (unsigned int i = 0; i < dim; ++i)
    steps[i] = root_steps(domain.upper[i] - domain.lower[i], scale[i], counts[i],
                          Mesh<dim>::deepest_level());
  if (dim == 1 && !domain.kinks.empty())
  {
    std::vector<double> points = domain.kinks;
    for (double &point : points)
      point -= domain.lower[0];
    steps[0] = with_ends_at(steps[0], points);
  }
  GridGenerator::subdivided_hyper_rectangle(triangulation, steps, to_point<dim>(domain.lower),
                                            to_point<dim>(domain.upper), true);
  make_periodic(domain, triangulation);
}

template <int dim>
void make_ball(const Domain &domain, Triangulation<dim> &triangulation)
{
  if constexpr (dim == 1)
    GridGenerator::hyper_cube(triangulation, domain.lower[0], domain.upper[0]);
  else
    GridGenerator::hyper_ball_balanced(triangulation, to_point<dim>(domain.centre), domain.radius);
}

/// Whether a cell with straight edges holds the point, up to roundings.
template <typename Cell, int dim>
bool holds(const Cell &cell, const Point<dim> &point)
{
  if (!cell->bounding_box().point_inside(point, 1e-8))
    return false;
  try
  {
    const MappingQ1<dim> mapping;
    return GeometryInfo<dim>::is_inside_unit_cell(mapping.transform_real_to_unit_cell(cell, point),
                                                  1e-8);
  }
  catch (const typename Mapping<dim>::ExcTransformationFailed &)
  {
    return false;
  }
}

/// Cells that touch must share their vertices, or the sides between them would be walls.
template <int dim>
void check_conforming(const Triangulation<dim> &mesh)
{
  std::set<unsigned int> boundary;
  for (const auto &face : mesh.active_face_iterators())
    for (const unsigned int v : face->vertex_indices())
      if (face->at_boundary())
        boundary.insert(face->vertex_index(v));
  for (const auto &cell : mesh.active_cell_iterators())
  {
    if (!cell->at_boundary())
      continue;
    std::set<unsigned int> own;
    for (const unsigned int v : cell->vertex_indices())
      own.insert(cell->vertex_index(v));
    for (const unsigned int v : boundary)
      if (own.count(v) == 0 && holds(cell, mesh.get_vertices()[v]))
      {
        std::ostringstream text;
        text << "cells overlap or touch without sharing their vertices at ("
             << mesh.get_vertices()[v] << ")";
        throw InputError(text.str());
      }
  }
}

/// A Gmsh mesh as deal.II reads it, checked on all ranks before p4est sees it.
template <int dim>
void read_file(const Domain &domain, MPI_Comm communicator, Triangulation<dim> &triangulation)
{
  const std::string cells = dim == 2 ? "quadrilaterals" : "hexahedra", name = domain.file + ": ";
  std::istringstream text(read_on_rank_0(communicator, domain.file, "a Gmsh mesh"));
  Triangulation<dim> mesh;
  try
  {
    GridIn<dim> reader(mesh);
    reader.read_msh(text);
  }
  catch (const std::exception &)
  {
    throw InputError(name + "this is not a Gmsh mesh of linear " + cells +
                     " in the text format .msh, version 2 or 4; see meshes/README.md");
  }
  if (!mesh.all_reference_cells_are_hyper_cube())
    throw InputError(name + "all cells must be " + cells +
                     "; let Gmsh recombine them, see meshes/README.md");
  const auto [vertices, cell_data, boundary] = GridTools::get_coarse_mesh_description(mesh);
  try
  {
    Triangulation<dim> checked(Triangulation<dim>::none, true); // true: throws for distorted cells
    checked.create_triangulation(vertices, cell_data, boundary);
  }
  catch (const typename Triangulation<dim>::DistortedCellList &)
  {
    throw InputError(name + "some cells are degenerate or turned inside out");
  }
  check_conforming(mesh);
  triangulation.create_triangulation(vertices, cell_data, boundary);
}

/// Of the root cells, which span the domain; every rank knows all of them.
template <int dim>
SearchRegion bounding_box(const Triangulation<dim> &triangulation)
{
  SearchRegion box;
  for (unsigned int i = 0; i < dim; ++i)
  {
    box.lower[i] = std::numeric_limits<double>::max();
    box.upper[i] = std::numeric_limits<double>::lowest();
  }
  for (const auto &cell : triangulation.cell_iterators_on_level(0))
    for (const unsigned int v : cell->vertex_indices())
      for (unsigned int i = 0; i < dim; ++i)
      {
        box.lower[i] = std::min(box.lower[i], cell->vertex(v)[i]);
        box.upper[i] = std::max(box.upper[i], cell->vertex(v)[i]);
      }
  return box;
}

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
} // namespace

template <int dim>
Mesh<dim>::Mesh(const Domain &domain, const Coordinates &scale, MPI_Comm communicator)
    : communicator_(communicator), domain_(domain),
      triangulation_(create_triangulation<dim>(communicator)), mapping_(create_mapping<dim>(domain))
{
  if (domain.kind == Domain::Kind::file)
    read_file(domain, communicator, *triangulation_);
  else if (domain.kind == Domain::Kind::ball)
    make_ball(domain, *triangulation_);
  else
    make_box(domain, scale, *triangulation_);
}

template <int dim>
Mesh<dim>::~Mesh() = default;

template <int dim>
void Mesh<dim>::refine_uniformly(unsigned int times)
{
  triangulation_->refine_global(times);
}

template <int dim>
void Mesh<dim>::refine_around(const std::vector<Coordinates> &points,
                              const std::vector<double> &sizes, unsigned int deepest)
{
  for (bool again = true; again;)
  {
    bool marked = false;
    for (const auto &cell : triangulation_->active_cell_iterators())
      for (std::size_t k = 0; k < points.size() && !cell->is_artificial(); ++k)
        if (cell->diameter() > sizes[k] && static_cast<unsigned int>(cell->level()) < deepest &&
            cell->center().distance(to_point<dim>(points[k])) < 1.5 * cell->diameter())
        {
          cell->set_refine_flag();
          marked = true;
        }
    again = Utilities::MPI::logical_or(marked, communicator_);
    if (again)
      triangulation_->execute_coarsening_and_refinement();
  }
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
  for (bool again = true; again;)
  {
    bool marked = false;
    for (const auto &cell : triangulation_->active_cell_iterators())
      if (cell->is_locally_owned() && cell->diameter() > size * std::sqrt(1.0 * dim) &&
          static_cast<unsigned int>(cell->level()) < deepest &&
          (cell->diameter() > 2 * coarsest || is_cut(*mapping_, cell, *domain_.walls.region)))
      {
        cell->set_refine_flag();
        marked = true;
      }
    again = Utilities::MPI::logical_or(marked, communicator_);
    if (again)
      triangulation_->execute_coarsening_and_refinement();
  }
}

template <int dim>
void Mesh<dim>::move_vertices_to(const std::vector<Coordinates> &points)
{
  if constexpr (dim == 1)
    for (const Coordinates &point : points)
    {
      const Point<1> target(point[0]);
      Point<1> *nearest = nullptr;
      bool is_there = false; // perhaps on the boundary, which must not move
      for (const auto &cell : triangulation_->active_cell_iterators())
        for (const unsigned int v : cell->vertex_indices())
        {
          Point<1> &vertex = cell->vertex(v);
          const double distance = vertex.distance(target);
          is_there = is_there || distance == 0;
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
  const SearchRegion box = bounding_box(*triangulation_);
  double width = 0;
  for (unsigned int i = 0; i < dim; ++i)
    width = std::max(width, box.upper[i] - box.lower[i]);
  return width;
}

template <int dim>
SearchRegion Mesh<dim>::search_region() const
{
  if (domain_.kind != Domain::Kind::file)
    return domain_.search_region();
  SearchRegion region = bounding_box(*triangulation_);
  region.contains = [&triangulation = *triangulation_,
                     exit = domain_.walls.region](const Coordinates &x) {
    if (exit && exit->value(x) != 0)
      return false;
    for (const auto &cell : triangulation.cell_iterators_on_level(0))
      if (holds(cell, to_point<dim>(x)))
        return true;
    return false;
  };
  if constexpr (dim > 1)
    for (const auto &cell : triangulation_->cell_iterators_on_level(0))
      for (const auto &face : cell->face_iterators())
        if (face->at_boundary())
        {
          std::vector<Coordinates> corners;
          for (const unsigned int v : face->vertex_indices())
            corners.push_back(to_coordinates(face->vertex(v)));
          region.boundary.push_back(face_patch(corners));
        }
  return region;
}

template class Mesh<1>;
template class Mesh<2>;
template class Mesh<3>;
} // namespace lowland
