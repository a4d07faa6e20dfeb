#include "discretization/mesh/root_cells.h"

#include "discretization/mesh/dealii_points.h"
#include "input/rank_0.h"

#include <deal.II/distributed/shared_tria.h>
#include <deal.II/distributed/tria.h>
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
    steps[i] =
        root_steps(domain.upper[i] - domain.lower[i], scale[i], counts[i], deepest_level(dim));
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
} // namespace

template <int dim>
std::unique_ptr<Triangulation<dim>> root_cells(const Domain &domain, const Coordinates &scale,
                                               MPI_Comm communicator)
{
  auto triangulation = create_triangulation<dim>(communicator);
  if (domain.kind == Domain::Kind::file)
    read_file(domain, communicator, *triangulation);
  else if (domain.kind == Domain::Kind::ball)
    make_ball(domain, *triangulation);
  else
    make_box(domain, scale, *triangulation);
  return triangulation;
}

template <int dim>
Box box_of_root_cells(const Triangulation<dim> &triangulation)
{
  Box box;
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

template <int dim>
SearchRegion region_of_root_cells(const Triangulation<dim> &triangulation, const Walls &walls)
{
  SearchRegion region{box_of_root_cells(triangulation)};
  region.contains = [&triangulation, exit = walls.region](const Coordinates &x) {
    if (exit && exit->value(x) != 0)
      return false;
    for (const auto &cell : triangulation.cell_iterators_on_level(0))
      if (holds(cell, to_point<dim>(x)))
        return true;
    return false;
  };
  if constexpr (dim > 1)
    for (const auto &cell : triangulation.cell_iterators_on_level(0))
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

#define INSTANTIATE(dim)                                                                           \
  template std::unique_ptr<Triangulation<dim>> root_cells(const Domain &, const Coordinates &,     \
                                                          MPI_Comm);                               \
  template Box box_of_root_cells(const Triangulation<dim> &);                                      \
  template SearchRegion region_of_root_cells(const Triangulation<dim> &, const Walls &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
