// The mesh of a problem: uniform at first, then adapted to the weight, the start and what is solved for.
#include "discretization/form/integrals.h"
#include "tasks/problem/memory.h"
#include "tasks/problem/problem.h"

#include <deal.II/base/mpi.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
/// The cells at the rim of a region that absorbs, relative to the width of the domain: what is affordable.
constexpr double finest_rim[] = {0, 1e-3, 4e-3, 3e-2};

/// The part of the tolerance that the first mesh is made for.
constexpr double start_share = 0.5;

/// Where no start asks for more, so many unknowns are enough to begin with: what is solved for refines further. At kinks
/// that no sides of cells follow, the weight alone would ask for millions. About a third of what modes may have.
constexpr double most_unknowns_at_first[] = {0, 70000, 100000, 50000};
} // namespace

/// How often the coarse mesh is halved. Throws InputError where adaptation could not begin there.
template <int dim>
unsigned int Problem<dim>::initial_refinement() const
{
  const char *place = "Discretization";
  const auto initial = parameters.integer_or_auto(place, "Initial refinement"),
             deepest = parameters.integer_or_auto(place, "Maximum level");
  if (adaptive && initial && deepest && *initial > *deepest)
    throw parameters.error(place, "Maximum level",
                           "is below Initial refinement = " + std::to_string(*initial) +
                               ", where adaptation begins");
  return initial.value_or(adaptive ? 2 : 4);
}

/// Throws InputError about `key`, which does `what`, where the matrices of so many cells cannot fit into memory.
template <int dim>
void Problem<dim>::require_memory(double n_cells, const std::string &key,
                                  const std::string &what) const
{
  const double wanted = least_memory(dim, n_cells, least_degree(parameters, dim)),
               there_is = memory_of_machines(mesh.communicator());
  if (wanted > there_is)
    throw parameters.error("Discretization", key,
                           what + ", whose matrices need at least " +
                               format(wanted / (1 << 30), 3) + " GiB, and there are " +
                               format(there_is / (1 << 30), 3) +
                               "; choose a lower level or a larger tolerance");
}

template <int dim>
void Problem<dim>::refine_initially()
{
  const unsigned int level = initial_refinement();
  const double n_cells = std::ldexp(1.0 * mesh.n_cells(), dim * level);
  require_memory(n_cells, "Initial refinement", "makes a mesh of " + format(n_cells, 3) + " cells");
  mesh.refine_uniformly(level);
}

template <int dim>
void Problem<dim>::adapt_first_mesh()
{
  if (adaptive)
    mesh.refine_rim(std::max(finest_rim[dim], tolerance) * mesh.width(), limits.deepest_level);
  adapt_mesh(start);
  refine_around_peaks();
}

/// What lies between the quadrature points of wide cells no estimate of an error can see.
template <int dim>
void Problem<dim>::refine_around_peaks()
{
  if (!adaptive || !model.equilibrium || !model.equilibrium->bounded())
    return;
  constexpr double of_no_account = 30; // in V
  // A rule with four points along each axis has one where V is at most that on cells of 26 widths. Modes want more.
  const double widths_per_cell = start.is_none() ? 8 : 26;
  const auto potential = model.noise->equilibrium();
  std::vector<Coordinates> peaks;
  std::vector<double> sizes;
  for (const Minimum &minimum : minima)
  {
    const double size = widths_per_cell / std::sqrt(potential->derivative(minimum.loss) *
                                                    minimum.curvatures[dim - 1]);
    const double log_height = model.equilibrium->log_relative_density(minimum.loss);
    if (!(size > 0) || !std::isfinite(size) || log_height < -of_no_account ||
        mesh.smallest_cell_at(minimum.point) <= size)
      continue;
    peaks.push_back(minimum.point);
    sizes.push_back(size);
  }
  if (peaks.empty())
    return;
  mesh.refine_around(peaks, sizes, limits.deepest_level);
  adapt_mesh(start);
}

template <int dim>
void Problem<dim>::adapt_mesh(const InitialDensity &density)
{
  for (unsigned int round = 0; adaptive && round < 60; ++round)
  {
    const WeightErrors weight = weight_errors(*space, model);
    const CellErrors errors = start_errors(*space, model, density);
    const double target = start_share * tolerance;
    const bool resolved =
        total(mesh, weight.quadrature) < limits.weight_quadrature && total(mesh, errors) < target;
    const bool range_ok = dealii::Utilities::MPI::max(
                              *std::max_element(weight.log_range.begin(), weight.log_range.end()),
                              mesh.communicator()) <= limits.log_weight_range;
    if (resolved && range_ok)
      break;
    const double n_unknowns = mesh.n_cells() * std::pow(space->degree(), dim);
    if (start.is_none() && n_unknowns > most_unknowns_at_first[dim])
    {
      log.warn("the cells of the first mesh do not resolve exp(-V) as far as the tolerance asks "
               "for; at kinks of the loss choose corners such that they lie on sides of cells");
      break;
    }
    if (refine_cells(*space, mesh, errors, weight, target, limits) == 0)
      break;
    require_memory(mesh.n_cells(), "Maximum level",
                   "lets the mesh grow to " + format(mesh.n_cells(), 3) +
                       " cells for a tolerance of " + format(tolerance));
  }
}

template <int dim>
CellErrors Problem<dim>::errors_of(const std::vector<PETScVector> &us) const
{
  CellErrors worst(mesh.triangulation().n_active_cells(), 0.0);
  for (const PETScVector &u : us)
  {
    const CellErrors errors = solution_errors(*space, model, space->cell_polynomials(u));
    for (std::size_t k = 0; k < errors.size(); ++k)
      worst[k] = std::max(worst[k], errors[k]);
  }
  return worst;
}

template <int dim>
bool Problem<dim>::refine(const CellErrors &errors, double target)
{
  if (!adaptive ||
      refine_cells(*space, mesh, errors, weight_errors(*space, model), target, limits) == 0)
    return false;
  space->distribute();
  check_coefficients();
  return true;
}

template <int dim>
void Problem<dim>::warn_of_coarse_mesh() const
{
  log.warn("the mesh is not refined further although the accuracy that was asked for is not "
           "reached; the error estimates say what is");
}

template <int dim>
void Problem<dim>::go_back_to(const std::vector<CellName> &cells)
{
  coarsen_to(mesh, cells);
  space->distribute();
}

template <int dim>
std::string Problem<dim>::mesh_in_words() const
{
  return std::to_string(mesh.n_cells()) + " cells, " + std::to_string(space->n_unknowns()) +
         " unknowns";
}

template <int dim>
void Problem<dim>::report_mesh() const
{
  log.entry("mesh", mesh_in_words());
  if (model.weight.is_one() || model.weight.floor() == 0)
    return;
  const double volume =
      integrate<dim>(*space, model, [&](const CellModel<dim> &cell, std::size_t q) {
        return std::exp(cell.values.log_relative_pi[q]) < model.weight.floor();
      });
  const double shift = model.weight.floor() * volume / invariant_normalisation(*space, model);
  log.entry("floored volume",
            "moves the invariant density by at most " + format(std::min(shift, 2.0), 2) + " in L1");
  // A mesh that adapts resolves what a floor of our choice hides.
  if (shift > 0.1 * tolerance &&
      (!adaptive || parameters.given("Discretization", "Reference floor")))
    log.warn(
        "the reference floor moves the invariant density by up to " +
        format(std::min(shift, 2.0), 2) +
        " in L1, which is not far below the tolerance; lower Discretization/Reference floor or the "
        "size of the domain");
}

#define INSTANTIATE(dim)                                                                           \
  template void Problem<dim>::refine_initially();                                                  \
  template void Problem<dim>::adapt_first_mesh();                                                  \
  template void Problem<dim>::adapt_mesh(const InitialDensity &);                                  \
  template CellErrors Problem<dim>::errors_of(const std::vector<PETScVector> &) const;             \
  template bool Problem<dim>::refine(const CellErrors &, double);                                  \
  template void Problem<dim>::warn_of_coarse_mesh() const;                                         \
  template std::string Problem<dim>::mesh_in_words() const;                                        \
  template void Problem<dim>::go_back_to(const std::vector<CellName> &);                           \
  template void Problem<dim>::report_mesh() const;
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
