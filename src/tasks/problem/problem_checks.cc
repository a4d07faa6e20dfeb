// What is wrong with a problem, told with the key that states it.
#include "discretization/coefficients/bad_coefficient.h"
#include "discretization/coefficients/semidefinite.h"
#include "discretization/form/cell_model.h"
#include "discretization/form/integrals.h"
#include "tasks/conclusion.h"
#include "tasks/problem/coefficient_keys.h"
#include "tasks/problem/problem.h"

#include <deal.II/base/index_set.h>
#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/grid/tria.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
/// A negative eigenvalue of D may be this small, beside the largest eigenvalue on the mesh.
constexpr double round_off = 1e-12;
/// Of the start a mesh that does not adapt may miss this part without a word.
constexpr double missed_by_a_fixed_mesh = 0.05;

ParameterKey key_of(BadCoefficient::Coefficient coefficient, const Parameters &parameters)
{
  if (coefficient == BadCoefficient::Coefficient::start)
    return {"Initial density", "Formula"};
  return coefficient == BadCoefficient::Coefficient::loss ? loss_key(parameters)
                                                          : diffusion_key(parameters);
}
} // namespace

template <int dim>
void Problem<dim>::check_coefficients() const
{
  check_coefficients(space->quadrature());
  if (!model.noise->is_semidefinite())
    check_diffusion(false);
}

template <int dim>
void Problem<dim>::check_coefficients(const dealii::Quadrature<dim> &quadrature) const
{
  const auto found = find_bad_coefficient(mesh, model, start, quadrature);
  if (!found)
    return;
  const auto [place, key] = key_of(found->coefficient, parameters);
  throw parameters.error(place, key,
                         found->what + " at " + point_in_words(found->point, dim, 6) +
                             ", a point of the mesh");
}

template <int dim>
void Problem<dim>::check_loss() const
{
  if (minima.empty())
    throw parameters.error("Landscape", loss_key(parameters).second,
                           "no minimum of the loss was found in the domain");
  if (!model.noise->needs_nonnegative_loss() || minima.front().loss >= 0)
    return;
  throw parameters.error(
      "Landscape", loss_key(parameters).second,
      "noise in proportion to the loss needs f >= 0, but f = " + format(minima.front().loss) +
          " at " + point_in_words(minima.front().point, dim, 6) +
          "; raise Landscape/Floor or change the domain");
}

template <int dim>
void Problem<dim>::check_diffusion(bool report_rank) const
{
  const DiffusionRange range = diffusion_range(*space, model);
  if (!model.noise->is_semidefinite() && !(range.lowest > -round_off))
    throw parameters.error("Noise", diffusion_key(parameters).second,
                           "D is not positive semidefinite: it has the eigenvalue " +
                               format(range.eigenvalue) + " at " +
                               point_in_words(range.point, dim, 6));
  if (report_rank && range.lowest_rank < dim)
    log.entry("rank of D", std::to_string(range.lowest_rank) +
                               (range.highest_rank == range.lowest_rank
                                    ? ""
                                    : " to " + std::to_string(range.highest_rank)));
}

/// Where D jumps, Ito's equation keeps rho D continuous and lets rho jump; the form, whose div D knows of no jump, keeps
/// rho continuous: another law.
template <int dim>
void Problem<dim>::check_continuity_of_diffusion() const
{
  const auto jump = find_jump_of_diffusion(mesh, model);
  if (!jump)
    return;
  const auto [place, key] = diffusion_key(parameters);
  throw parameters.error(
      place, key,
      "D jumps at " + point_in_words(*jump, dim, 6) +
          "; it must be continuous, but may be steep: take tanh((x-a)/width) for a "
          "step, a softplus for a ReLU, a loss whose Hessian is continuous for "
          "noise made of it");
}

template <int dim>
void Problem<dim>::check_walls() const
{
  for (const Bump &bump : start.bumps())
    if (!bump.is_image && domain.absorbs(bump.mean))
      throw parameters.error("Initial density", "Mean",
                             "the start is absorbed at once: " + point_in_words(bump.mean, dim, 6) +
                                 " lies in the exit or on a wall that absorbs");
  if (domain.walls.region &&
      dealii::Utilities::MPI::sum(space->exits().back().n_elements(), mesh.communicator()) == 0)
    throw parameters.error("Escape", "Exit",
                           "no cell of the mesh lies in this region; choose a larger one "
                           "or a larger Discretization/Initial refinement");
  if (domain.walls.region && dim > 1)
    log.warn("the rim of the exit is a staircase of cells: results are of first order in their "
             "size, which no "
             "error estimate includes. Sides of a box, and balls, are exact.");
}

namespace
{
/// Whether one of the Gaussians falls between the points of the smallest cells.
template <int dim>
bool is_narrower_than_cells(const InitialDensity &start, const Mesh<dim> &mesh)
{
  double smallest = mesh.width();
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
      smallest = std::min(smallest, cell->minimum_vertex_distance());
  smallest = dealii::Utilities::MPI::min(smallest, mesh.communicator());
  const auto &bumps = start.bumps();
  return std::any_of(bumps.begin(), bumps.end(), [&](const Bump &bump) {
    return 3 * *std::min_element(bump.deviation.begin(), bump.deviation.begin() + dim) < smallest;
  });
}

/// With less of it in the domain a start was meant for another one.
constexpr double least_part_of_start = 1e-6;
} // namespace

/// What lies beyond the domain, or between the points of the mesh, is left out, and the rest is given the mass 1.
template <int dim>
void Problem<dim>::check_start() const
{
  if (std::isnan(start.mass()))
    return;
  std::vector<double> densities;
  const double mass = integrate<dim>(*space, model, [&](const CellModel<dim> &cell, std::size_t q) {
    if (q == 0) // all points of a cell at once
      start.evaluate(cell.points, model, densities);
    return densities[q];
  });
  const double part = mass / start.mass();
  require_mass_of_start(part);
  const double allowed = adaptive ? tolerance : missed_by_a_fixed_mesh;
  if (std::abs(part - 1) > allowed && is_narrower_than_cells(start, mesh))
    log.warn("the mesh sees " + format(100 * part, 2) +
             " % of the start, whose standard deviation is less than the width of the smallest "
             "cells; give a larger one, or a larger Discretization/Maximum level");
  else if (part < least_part_of_start)
    throw parameters.error(
        "Initial density", "Kind",
        "all but " + format(part, 2) +
            " of the start lies beyond the domain; it must have some mass there");
  else if (part < 1 - allowed)
    log.warn(format(100 * (1 - part), 2) +
             " % of the start lies beyond the domain and is left out");
}

template <int dim>
void Problem<dim>::require_mass_of_start(double mass) const
{
  if (!(mass > 0))
    throw parameters.error("Initial density", "Kind",
                           "the start has no mass in the domain, or a negative one; is it beyond "
                           "the domain, or narrower than the smallest cells?");
}

#define INSTANTIATE(dim)                                                                           \
  template void Problem<dim>::check_coefficients() const;                                          \
  template void Problem<dim>::check_coefficients(const dealii::Quadrature<dim> &) const;           \
  template void Problem<dim>::check_loss() const;                                                  \
  template void Problem<dim>::check_diffusion(bool) const;                                         \
  template void Problem<dim>::check_walls() const;                                                 \
  template void Problem<dim>::check_continuity_of_diffusion() const;                               \
  template void Problem<dim>::check_start() const;                                                 \
  template void Problem<dim>::require_mass_of_start(double) const;
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
