// What is wrong with a problem, told with the key that states it.
#include "discretization/bad_coefficient.h"
#include "discretization/cell_model.h"
#include "discretization/integrals.h"
#include "discretization/recurrent_classes.h"
#include "discretization/semidefinite.h"
#include "model/point_vector.h"
#include "tasks/conclusion.h"
#include "tasks/problem.h"

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
/// A uniform mesh of so many cells shows where noise is absent.
constexpr std::size_t cells_to_look_for_classes[] = {0, 2048, 16384, 32768};

/// The key that states the loss.
ParameterKey loss_key(const Parameters &parameters)
{
  const std::string kind = parameters.text("Landscape", "Kind");
  return {"Landscape", kind == "expression"   ? "Loss"
                       : kind == "regression" ? "Model"
                       : kind == "table"      ? "Table"
                                              : "Kind"};
}

/// The key that states D.
ParameterKey diffusion_key(const Parameters &parameters)
{
  return {"Noise", parameters.given("Noise", "Tensor") ? "Tensor" : "Kind"};
}

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

template <int dim>
void Problem<dim>::require_constant_learning_rate() const
{
  if (!model.learning_rate.is_constant())
    throw parameters.error("Learning rate schedule", "Kind",
                           "the long run is that of one learning rate; use constant, or `lowland "
                           "evolve` for the schedule");
}

template <int dim>
void Problem<dim>::require_start_off_exit(const Coordinates &point) const
{
  // The lowest point outside of an exit lies on its rim if the loss falls into it.
  const Coordinates gradient = gradient_at(model.landscape, point);
  const double slope = norm(gradient);
  const Coordinates downhill =
      slope > 0 ? along(point, -1e-6 * mesh.width() / slope, gradient) : point;
  if (absorbs() && (domain.absorbs(point) || domain.absorbs(downhill)))
    throw parameters.error("Escape", "From",
                           "what starts at " + point_in_words(point, dim, 6) +
                               " is absorbed at once; give a point that is off the exit, in "
                               "parentheses");
}

template <int dim>
void Problem<dim>::require_normalisable(const std::string &what) const
{
  if (divergence && !domain.absorbs(divergence->point))
    throw parameters.error("Noise", "Kind",
                           "pi has infinite mass at " + point_in_words(divergence->point, dim, 6) +
                               ", so that there is no " + what +
                               ". Add a Landscape/Floor, or change the noise, or ask `lowland "
                               "evolve` where a given start ends");
}

template <int dim>
void Problem<dim>::require_no_point_mass() const
{
  const bool mesh_is_limited =
      parameters.integer_or_auto("Discretization", "Maximum level").has_value();
  if (divergence && divergence->in_finite_time && !domain.absorbs(divergence->point) &&
      !mesh_is_limited)
    throw parameters.error("Landscape", "Floor",
                           "mass reaches " + point_in_words(divergence->point, dim, 6) +
                               " in finite time, where this loss is 0 and falls more steeply than "
                               "a parabola, and stands still there: a point mass, which no mesh "
                               "resolves. Add a floor, a thousandth of the loss at the start, say, "
                               "or for times before that a Discretization/Maximum level");
}

template <int dim>
void Problem<dim>::require_irreducible(const std::string &what) const
{
  if (absorbs())
    return;
  RecurrentClasses classes = recurrent_classes(mesh, model);
  if (classes.of_process == 1)
  {
    // A mesh that adapts to a density may have wide cells where noise is absent.
    Mesh<dim> fine(domain, Coordinates{{1, 1, 1}}, mesh.communicator());
    while (fine.n_cells() < cells_to_look_for_classes[dim])
      fine.refine_uniformly(1);
    const RecurrentClasses finer = recurrent_classes(fine, model);
    if (finer.of_process > 1)
      classes = finer;
  }
  const auto fail = [&](const std::string &why) { throw parameters.error("Noise", "Kind", why); };
  if (classes.of_process > 1)
    fail("this noise leaves " + std::to_string(classes.of_process) +
         " parts of the domain that nothing leads out of, so " + what +
         " is not unique. Add noise that connects them, restrict the domain to one of them, or ask "
         "`lowland evolve` where a given start ends");
  if (diffusion_range(*space, model).highest_rank == 0)
    throw parameters.error("Noise", diffusion_key(parameters).second,
                           "D = 0 throughout the domain: without noise all mass ends in a point, "
                           "and " +
                               what + " does not exist");
  if (classes.of_cells > classes.of_process)
    fail("the drift carries all mass onto a set that no noise leads off, so the invariant measure "
         "has no density and " +
         what +
         " is not computed. Add noise across that set, or a small isotropic one "
         "to all, or ask `lowland evolve` how a given start gets there");
}

#define INSTANTIATE(dim)                                                                           \
  template void Problem<dim>::check_coefficients() const;                                          \
  template void Problem<dim>::check_coefficients(const dealii::Quadrature<dim> &) const;           \
  template void Problem<dim>::check_loss() const;                                                  \
  template void Problem<dim>::check_diffusion(bool) const;                                         \
  template void Problem<dim>::check_walls() const;                                                 \
  template void Problem<dim>::check_continuity_of_diffusion() const;                               \
  template void Problem<dim>::check_start() const;                                                 \
  template void Problem<dim>::require_mass_of_start(double) const;                                 \
  template void Problem<dim>::require_constant_learning_rate() const;                              \
  template void Problem<dim>::require_start_off_exit(const Coordinates &) const;                   \
  template void Problem<dim>::require_normalisable(const std::string &) const;                     \
  template void Problem<dim>::require_no_point_mass() const;                                       \
  template void Problem<dim>::require_irreducible(const std::string &) const;
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
