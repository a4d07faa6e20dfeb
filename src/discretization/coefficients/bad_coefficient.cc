#include "discretization/coefficients/bad_coefficient.h"

#include "discretization/form/cell_model.h"
#include "discretization/mesh/dealii_points.h"
#include "model/domain/jumps.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe_nothing.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/grid/tria.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
using namespace dealii;

namespace
{
using Coefficient = BadCoefficient::Coefficient;

/// The value at point q that is not finite, or, at a vertex, infinite; 0 if there is none.
double offender(const Components &field, std::size_t q, bool at_vertex)
{
  for (const auto &component : field)
    if (at_vertex ? std::isinf(component[q]) : !std::isfinite(component[q]))
      return component[q];
  return 0;
}

std::string sentence(const std::string &what, double value)
{
  return what + " is " + (std::isnan(value) ? "not a number" : "infinite");
}

std::optional<BadCoefficient> at_point(const ModelValues &values, const Coordinates &point,
                                       std::size_t q, bool at_vertex)
{
  if (const double f = values.landscape.loss[q]; !std::isfinite(f))
    return BadCoefficient{Coefficient::loss, sentence("the loss", f), point};
  if (const double g = offender(values.landscape.gradient, q, at_vertex); g != 0)
    return BadCoefficient{Coefficient::loss, sentence("the gradient of the loss", g), point};
  if (const double d = offender(values.diffusion.tensor, q, at_vertex); d != 0)
    return BadCoefficient{Coefficient::diffusion, sentence("D", d), point};
  if (const double d = offender(values.diffusion.divergence, q, at_vertex); d != 0)
    return BadCoefficient{Coefficient::diffusion, sentence("div D", d), point};
  return {};
}

/// The start at the points from `first` on; a Gaussian cannot go wrong, nor can pi where f is finite,
/// nor what was computed.
std::optional<BadCoefficient> in_start(const InitialDensity &start, const Model &model,
                                       const Points &points, std::size_t first)
{
  if (start.is_none() || start.is_invariant() || start.is_computed() || !start.bumps().empty())
    return {};
  std::vector<double> values;
  start.evaluate(points, model, values);
  double largest = 0;
  for (std::size_t q = first; q < points.size(); ++q)
    largest = std::max(largest, std::abs(values[q]));
  for (std::size_t q = first; q < points.size(); ++q)
    if (!std::isfinite(values[q]))
      return BadCoefficient{Coefficient::start, sentence("the density", values[q]), points[q]};
    else if (values[q] < -1e-12 * largest) // beyond round-off
      return BadCoefficient{Coefficient::start, "the density is negative", points[q]};
  return {};
}

template <int dim>
std::optional<BadCoefficient> on_own_cells(const Mesh<dim> &mesh, const Model &model,
                                           const InitialDensity &start,
                                           const Quadrature<dim> &quadrature)
{
  std::vector<Point<dim>> unit_points = QTrapezoid<dim>().get_points(); // the vertices
  const std::size_t n_vertices = unit_points.size();
  unit_points.insert(unit_points.end(), quadrature.get_points().begin(),
                     quadrature.get_points().end());
  const FE_Nothing<dim> no_element;
  FEValues<dim> cell_points(mesh.mapping(), no_element, Quadrature<dim>(unit_points),
                            update_quadrature_points);
  Points points;
  ModelValues values;
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
  {
    if (!cell->is_locally_owned())
      continue;
    cell_points.reinit(cell);
    copy_points(cell_points.get_quadrature_points(), dim, points);
    model.landscape.evaluate(points, std::max(model.noise->needs(), Derivatives::gradient),
                             values.landscape);
    model.noise->evaluate(points, values.landscape, values.diffusion);
    for (std::size_t q = 0; q < points.size(); ++q)
      if (auto found = at_point(values, points[q], q, q < n_vertices))
        return found;
    if (auto found = in_start(start, model, points, n_vertices))
      return found;
  }
  return {};
}

/// The lowest rank that has found something; the number of ranks if none has.
unsigned int first_finder(bool found, MPI_Comm communicator)
{
  const unsigned int n = Utilities::MPI::n_mpi_processes(communicator);
  return Utilities::MPI::min(found ? Utilities::MPI::this_mpi_process(communicator) : n,
                             communicator);
}
} // namespace

template <int dim>
std::optional<BadCoefficient> find_bad_coefficient(const Mesh<dim> &mesh, const Model &model,
                                                   const InitialDensity &start,
                                                   const Quadrature<dim> &quadrature)
{
  const MPI_Comm communicator = mesh.communicator();
  const auto found = on_own_cells(mesh, model, start, quadrature);
  const unsigned int finder = first_finder(found.has_value(), communicator);
  if (finder == Utilities::MPI::n_mpi_processes(communicator))
    return {};
  BadCoefficient first = found.value_or(BadCoefficient{});
  first.coefficient = Utilities::MPI::broadcast(communicator, first.coefficient, finder);
  first.what = Utilities::MPI::broadcast(communicator, first.what, finder);
  first.point = Utilities::MPI::broadcast(communicator, first.point, finder);
  return first;
}

template <int dim>
std::optional<Coordinates> find_jump_of_diffusion(const Mesh<dim> &mesh, const Model &model)
{
  const MPI_Comm communicator = mesh.communicator();
  Points from(dim, 0), to(dim, 0);
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
      for (const unsigned int v : cell->vertex_indices())
        for (unsigned int i = 0; i < dim; ++i)
        {
          from.x[i].push_back(cell->center()[i]);
          to.x[i].push_back(cell->vertex(v)[i]);
        }
  const std::vector<Coordinates> jumps = find_jumps(diffusion_of(model), from, to);
  const unsigned int finder = first_finder(!jumps.empty(), communicator);
  if (finder == Utilities::MPI::n_mpi_processes(communicator))
    return {};
  return Utilities::MPI::broadcast(communicator, jumps.empty() ? Coordinates{} : jumps.front(),
                                   finder);
}

template std::optional<Coordinates> find_jump_of_diffusion(const Mesh<1> &, const Model &);
template std::optional<Coordinates> find_jump_of_diffusion(const Mesh<2> &, const Model &);
template std::optional<Coordinates> find_jump_of_diffusion(const Mesh<3> &, const Model &);
template std::optional<BadCoefficient>
find_bad_coefficient(const Mesh<1> &, const Model &, const InitialDensity &, const Quadrature<1> &);
template std::optional<BadCoefficient>
find_bad_coefficient(const Mesh<2> &, const Model &, const InitialDensity &, const Quadrature<2> &);
template std::optional<BadCoefficient>
find_bad_coefficient(const Mesh<3> &, const Model &, const InitialDensity &, const Quadrature<3> &);
} // namespace lowland
