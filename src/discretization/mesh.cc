#include "discretization/mesh.h"

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
#include <fstream>

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

template <int dim>
void make_box(const Domain &domain, const Coordinates &scale, Triangulation<dim> &triangulation)
{
  const auto counts = root_counts<dim>(domain, scale);
  std::vector<std::vector<double>> steps(dim);
  for (unsigned int i = 0; i < dim; ++i)
    steps[i] = root_steps(domain.upper[i] - domain.lower[i], scale[i], counts[i],
                          Mesh<dim>::deepest_level());
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

template <int dim>
void read_file(const Domain &domain, Triangulation<dim> &triangulation)
{
  std::ifstream file(domain.file);
  if (!file)
    throw InputError("Domain/File: cannot read the mesh `" + domain.file + "`");
  try
  {
    GridIn<dim> reader(triangulation);
    reader.read_msh(file);
  }
  catch (const ExceptionBase &)
  {
    throw InputError("Domain/File: `" + domain.file + "` is not a Gmsh mesh of " +
                     (dim == 2 ? "quadrilaterals" : "hexahedra") +
                     " in the .msh format; see meshes/README.md");
  }
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
    read_file(domain, *triangulation_);
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
SearchRegion Mesh<dim>::search_region() const
{
  if (domain_.kind != Domain::Kind::file)
    return domain_.search_region();
  // Every rank knows all vertices of the root cells, which span the domain.
  SearchRegion region;
  region.lower.fill(std::numeric_limits<double>::max());
  region.upper.fill(std::numeric_limits<double>::lowest());
  for (const auto &cell : triangulation_->cell_iterators_on_level(0))
    for (const unsigned int v : cell->vertex_indices())
      for (unsigned int i = 0; i < dim; ++i)
      {
        region.lower[i] = std::min(region.lower[i], cell->vertex(v)[i]);
        region.upper[i] = std::max(region.upper[i], cell->vertex(v)[i]);
      }
  return region;
}

template class Mesh<1>;
template class Mesh<2>;
template class Mesh<3>;
} // namespace lowland
