#include "tasks/problem.h"

#include "tasks/weight_choice.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature_lib.h>
#include <deal.II/grid/tria.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
using namespace dealii;

namespace
{
const char *section = "Discretization";

std::string point_text(const Coordinates &point, unsigned int dimension)
{
  std::string text = "(";
  for (unsigned int i = 0; i < dimension; ++i)
    text += (i ? ", " : "") + format(point[i], 6);
  return text + ")";
}

/// The minima of f, where the domain is known before its mesh.
std::vector<Minimum> minima_in(const Domain &domain, const Model &model)
{
  if (domain.kind == Domain::Kind::file)
    return {};
  return find_minima(model.landscape, domain.search_region());
}

/// The lengths over which start and invariant density vary along each axis: their geometric mean.
Coordinates length_scales(const Model &model, const Domain &domain, const InitialDensity &start,
                          const std::vector<Minimum> &minima)
{
  Coordinates scale;
  scale.fill(1);
  for (unsigned int i = 0; i < domain.dimension; ++i)
    scale[i] = domain.kind == Domain::Kind::file ? 1 : domain.upper[i] - domain.lower[i];
  for (const Bump &bump : start.bumps())
    for (unsigned int i = 0; i < domain.dimension; ++i)
      scale[i] = std::min(scale[i], bump.deviation[i]);
  const auto potential = model.noise->equilibrium();
  if (!potential || domain.kind != Domain::Kind::box)
    return scale;
  for (unsigned int i = 0; i < domain.dimension && !minima.empty(); ++i)
  {
    Points point(domain.dimension, 1);
    for (unsigned int j = 0; j < domain.dimension; ++j)
      point.x[j][0] = minima.front().point[j];
    LandscapeValues values;
    model.landscape.evaluate(point, Derivatives::hessian, values);
    const double curvature =
        potential->derivative(values.loss[0]) * values.hessian[packed(i, i)][0];
    const double width = 1 / std::sqrt(curvature);
    if (width < domain.upper[i] - domain.lower[i])
      scale[i] = std::sqrt(scale[i] * width);
  }
  return scale;
}
} // namespace

template <int dim>
Problem<dim>::Problem(const Parameters &p, MPI_Comm communicator, Log &log)
    : parameters(p), tolerance(p.number("Time", "Tolerance")), model(p),
      domain(Domain::create(p, model)), start(p),
      minima(minima_in(domain, model)),
      mesh(domain, length_scales(model, domain, start, minima), communicator),
      adaptive(p.flag(section, "Adaptation")), log(log)
{
  log.line("Model");
  log.entry("loss", model.landscape.description());
  log.entry("noise", model.noise->description());
  log.entry("domain", domain.description);
  log.entry("start", start.description());
  find_equilibrium();
  log.line("Discretization");
  limits.deepest_level = std::min<unsigned int>(
      Mesh<dim>::deepest_level(),
      parameters.integer_or_auto(section, "Maximum level").value_or(Mesh<dim>::deepest_level()));
  const auto initial = parameters.integer_or_auto(section, "Initial refinement");
  mesh.refine_uniformly(initial.value_or(adaptive ? 2 : 4));
  choose_weight();
  choose_space();
  adapt_mesh(true);
  report_floor();
}

template <int dim>
void Problem<dim>::check_loss_sign() const
{
  if (!model.noise->needs_nonnegative_loss() || minima.empty() || minima.front().loss >= 0)
    return;
  throw parameters.error("Landscape", model.landscape.dimension() ? "Loss" : "Kind",
                         "loss-scaled noise needs f >= 0, but f = " +
                             format(minima.front().loss) + " at " +
                             point_text(minima.front().point, dim) +
                             "; raise Landscape/Floor or change the domain");
}

template <int dim>
void Problem<dim>::find_equilibrium()
{
  if (domain.kind == Domain::Kind::file)
    minima = find_minima(model.landscape, mesh.search_region());
  if (minima.empty())
    throw parameters.error("Landscape", "Kind", "no minimum of the loss was found in the domain");
  check_loss_sign();
  const auto potential = model.noise->equilibrium();
  if (!potential)
  {
    log.entry("invariant density", "not known in closed form");
    return;
  }
  for (const Minimum &minimum : minima)
    if (const auto divergence = divergence_at(
            model.landscape, [&](double f) { return potential->value(f); }, minimum))
    {
      log.warn("there is no invariant density: " + potential->description() +
               " has infinite mass at " + point_text(divergence->point, dim) + " (" +
               divergence->reason +
               "). The density will collapse there. Add a Landscape/Floor, or change the noise, to have one.");
      return;
    }
  model.equilibrium.emplace(potential, minima.front().loss);
  log.entry("invariant density", potential->description());
}

template <int dim>
void Problem<dim>::choose_weight()
{
  const WeightChoice choice = lowland::choose_weight(parameters, model, mesh.search_region(),
                                                     minima.front().point, start);
  model.weight = choice.weight;
  log.entry("reference weight",
            (choice.weight.is_one() ? std::string("1")
                                    : "pi/max(pi) + " + format(choice.weight.floor())) +
                " (" + choice.reason + ")");
}

template <int dim>
void Problem<dim>::choose_space()
{
  using Space = DensitySpace<dim>;
  const std::string wish = parameters.text(section, "Element");
  const bool discontinuous =
      wish == "discontinuous" || (wish == "auto" && model.weight.is_one());
  const unsigned int suggested = dim == 3 ? (tolerance < 3e-3 ? 3 : 2) : (tolerance < 3e-5 ? 6 : 4);
  const unsigned int degree =
      parameters.integer_or_auto(section, "Degree").value_or(suggested);
  limits.log_weight_range = 2.0 * (degree + 1);
  limits.weight_quadrature = 0.1 * tolerance;
  space = std::make_unique<Space>(
      mesh, discontinuous ? Space::Element::discontinuous : Space::Element::continuous, degree);
  log.entry("element", std::string(discontinuous ? "discontinuous" : "continuous") + ", degree " +
                           std::to_string(degree));
}

template <int dim>
void Problem<dim>::adapt_mesh(bool to_start)
{
  for (unsigned int round = 0; adaptive && round < 60; ++round)
  {
    const WeightErrors weight = weight_errors(*space, model);
    CellErrors errors(mesh.triangulation().n_active_cells(), 0.0);
    if (to_start)
      errors = start_errors(*space, model, start);
    const double target = 0.5 * tolerance;
    const MarkedCells marked =
        mark_cells(*space, mesh, errors, weight, target, limits);
    const double error = total(mesh, errors);
    for (const auto &cell : mesh.triangulation().active_cell_iterators())
      cell->clear_coarsen_flag();
    const bool resolved = total(mesh, weight.quadrature) < limits.weight_quadrature &&
                          error < target;
    const bool range_ok = Utilities::MPI::max(*std::max_element(weight.log_range.begin(),
                                                               weight.log_range.end()),
                                              mesh.communicator()) <= limits.log_weight_range;
    if (marked.to_refine == 0 || (resolved && range_ok))
      break;
    mesh.triangulation().execute_coarsening_and_refinement();
  }
}

template <int dim>
double Problem<dim>::invariant_normalisation() const
{
  if (!model.equilibrium || !model.equilibrium->bounded())
    return std::numeric_limits<double>::quiet_NaN();
  CellModel<dim> cell_model(*space, model, space->quadrature());
  double sum = 0;
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell_model.reinit(cell);
      for (std::size_t q = 0; q < cell_model.n_points(); ++q)
        sum += cell_model.measure[q] * std::exp(cell_model.values.log_relative_pi[q]);
    }
  return Utilities::MPI::sum(sum, mesh.communicator());
}

template <int dim>
void Problem<dim>::report_floor() const
{
  log.entry("cells", std::to_string(mesh.n_cells()));
}

template class Problem<1>;
template class Problem<2>;
template class Problem<3>;
} // namespace lowland
