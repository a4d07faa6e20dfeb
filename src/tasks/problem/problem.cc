#include "tasks/problem/problem.h"

#include "discretization/mesh/root_cells.h"
#include "input/unread.h"
#include "model/domain/jumps.h"
#include "model/equilibrium/detailed_balance.h"
#include "model/equilibrium/integrability.h"
#include "tasks/conclusion.h"
#include "tasks/problem/length_scales.h"
#include "tasks/problem/weight_choice.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace lowland
{
using namespace dealii;

namespace
{
const char *section = "Discretization";

/// The minima of f, where the domain is known before its mesh.
std::vector<Minimum> minima_in(const Domain &domain, const Model &model)
{
  if (domain.kind == Domain::Kind::file)
    return {};
  return find_minima(model.landscape, domain.search_region());
}

/// The start on a domain whose sides may be glued together.
InitialDensity wrapped(InitialDensity start, const Domain &domain)
{
  for (unsigned int axis = 0; axis < domain.dimension; ++axis)
    if (domain.periodic[axis])
      start.wrap(axis, domain.lower[axis], domain.upper[axis]);
  return start;
}

/// Finds the kinks on a line, or takes the saved ones: integrals across them would be as wrong as if they were elsewhere
/// in the cell, which no smoothness of the solution shows.
const Domain &with_kinks(Domain &domain, const Model &model, const std::vector<Minimum> &minima,
                         const std::optional<SavedChoices> &saved)
{
  if (saved)
    domain.kinks = saved->kinks;
  else if (domain.dimension == 1 && domain.kind == Domain::Kind::box)
    domain.kinks = kinks_on_line(model, domain, minima);
  return domain;
}

/// The coarse mesh of a domain whose kinks are known; what is wrong with its file is told with the parameter's place.
template <int dim>
Mesh<dim> create_mesh(const Parameters &parameters, const Model &model, const Domain &domain,
                      const InitialDensity &start, const std::vector<Minimum> &minima,
                      MPI_Comm communicator)
{
  const Coordinates scale = length_scales(parameters, model, domain, start, minima);
  try
  {
    return Mesh<dim>(domain, scale, communicator);
  }
  catch (const InputError &error)
  {
    throw parameters.error("Domain", "File", error.what());
  }
}
} // namespace

template <int dim>
Problem<dim>::Problem(const Parameters &p, double l1_error, InitialDensity initial_density,
                      MPI_Comm communicator, Log &log, const std::optional<SavedChoices> &saved)
    : parameters(p), tolerance(l1_error), model(p),
      domain(Domain::create(p, model, initial_density, saved ? saved->box : std::nullopt)),
      start(wrapped(std::move(initial_density), domain)), minima(minima_in(domain, model)),
      mesh(create_mesh<dim>(p, model, with_kinks(domain, model, minima, saved), start, minima,
                            communicator)),
      adaptive(p.flag(section, "Adaptation")), log(log)
{
  if (!saved)
    for (const std::string &sentence : unread_keys(parameters))
      log.warn(sentence);
  log.line("Model");
  log.entry("loss", model.landscape.description());
  log.entry("noise", model.noise->description());
  if (!model.learning_rate.is_constant())
    log.entry("learning rate", model.learning_rate.description());
  log.entry("domain", domain.description);
  if (!start.description().empty())
    log.entry("start", start.description());
  if (!saved)
  {
    refine_initially();
    check_coefficients(QGauss<dim>(4)); // the element is not known yet
  }
  find_equilibrium(saved);
  if (!saved && start.is_invariant() && !(model.equilibrium && model.equilibrium->bounded()))
    throw parameters.error("Noise", "Kind",
                           "there is no bounded invariant density in closed form here");
  log.line("Discretization");
#ifdef DEBUG
  log.entry("build", "Debug: the libraries check themselves; many times slower than Release");
#endif
  limits.deepest_level = std::min<unsigned int>(
      deepest_level(dim),
      parameters.integer_or_auto(section, "Maximum level").value_or(deepest_level(dim)));
  if (saved)
  {
    model.weight = saved->weight;
    refine_to(mesh, saved->cells);
    take_space(saved->element);
  }
  else
  {
    choose_weight();
    take_space(choose_element(parameters, model, start, tolerance));
    adapt_first_mesh();
  }
  space->distribute();
  check_walls();
  check_coefficients(space->quadrature());
  if (!saved)
  {
    check_start();
    check_continuity_of_diffusion();
  }
  check_diffusion(true);
  report_mesh();
}

template <int dim>
SavedChoices Problem<dim>::choices() const
{
  return {model.weight,       lowest_loss,  {space->is_discontinuous(), space->degree()},
          active_cells(mesh), domain.kinks, domain.found};
}

template <int dim>
void Problem<dim>::find_equilibrium(const std::optional<SavedChoices> &saved)
{
  if (domain.kind == Domain::Kind::file)
  {
    if (model.radial_dimension() > 1 && mesh.search_region().lower[dim - 1] < 0)
      throw parameters.error("Domain", "File",
                             "with a Landscape/Radial dimension the last coordinate is a radius, "
                             "and this mesh reaches below 0");
    minima = find_minima(model.landscape, mesh.search_region());
  }
  drop_absorbed_minima();
  check_loss();
  lowest_loss = saved ? saved->lowest_loss : minima.front().loss;
  const auto potential = model.noise->equilibrium();
  if (!potential)
  {
    log.entry("invariant density", "not known in closed form; " +
                                       in_words(detailed_balance(model, mesh.search_region())));
    return;
  }
  for (auto minimum = minima.begin(); minimum != minima.end() && !divergence; ++minimum)
    divergence = divergence_at(
        model.landscape, [&](double f) { return potential->value(f); }, *minimum);
  if (divergence)
  {
    log.warn("there is no invariant density: " + potential->description() +
             " has infinite mass at " + point_in_words(divergence->point, dim, 6) + " (" +
             divergence->reason + "). What comes there stays there. Add a Landscape/Floor, or " +
             "change the noise, to have one.");
    return;
  }
  model.equilibrium.emplace(potential, lowest_loss);
  log.entry("invariant density", potential->description());
}

/// Where the loss falls towards a wall that absorbs, the lowest place on it is no place to be. Kept if there is
/// no other: something must set the scale of pi.
template <int dim>
void Problem<dim>::drop_absorbed_minima()
{
  std::vector<Minimum> left;
  std::copy_if(minima.begin(), minima.end(), std::back_inserter(left),
               [&](const Minimum &minimum) { return !domain.absorbs(minimum.point); });
  if (!left.empty())
    minima = left;
}

template <int dim>
void Problem<dim>::choose_weight()
{
  const WeightChoice choice =
      lowland::choose_weight(parameters, model, mesh.search_region(), minima, start);
  model.weight = choice.weight;
  log.entry("reference weight",
            (choice.weight.is_one() ? std::string("1")
                                    : "pi/max(pi) + " + format(choice.weight.floor())) +
                " (" + choice.reason + ")");
}

template <int dim>
void Problem<dim>::take_space(const ElementChoice &choice)
{
  using Space = DensitySpace<dim>;
  limits.log_weight_range = (dim == 3 ? 4.0 : 2.0) * (choice.degree + 1);
  limits.weight_quadrature = 0.1 * tolerance;
  space = std::make_unique<Space>(
      mesh, choice.discontinuous ? Space::Element::discontinuous : Space::Element::continuous,
      choice.degree);
  log.entry("element", std::string(choice.discontinuous ? "discontinuous" : "continuous") +
                           ", degree " + std::to_string(choice.degree));
}

template <int dim>
void Problem<dim>::take_elements_of_invariant_density()
{
  if (!continuous_suits_invariant_density(parameters, *space, model))
    return;
  take_space({false, space->degree()});
  space->distribute();
}

template <int dim>
PETScVector Problem<dim>::closed_form()
{
  const InitialDensity pi = InitialDensity::invariant();
  const auto n_cells = mesh.n_cells();
  adapt_mesh(pi);
  if (mesh.n_cells() != n_cells)
  {
    space->distribute();
    check_coefficients();
    report_mesh();
  }
  const FokkerPlanckForm<dim> form(*space, model);
  return form.to_ratio(project(pi, form));
}

template <int dim>
PETScVector Problem<dim>::project(const InitialDensity &density,
                                  const FokkerPlanckForm<dim> &form) const
{
  double mass = 0;
  PETScVector v =
      form.project([&](const CellModel<dim> &cell, unsigned int, std::vector<double> &values) {
        density.evaluate(cell.points, model, values);
        if (!mesh.absorbs(cell.fe().get_cell()->center()))
          mass += std::inner_product(values.begin(), values.end(), cell.measure.begin(), 0.0);
      });
  mass = Utilities::MPI::sum(mass, mesh.communicator());
  require_mass_of_start(mass);
  v /= mass;
  return v;
}

template <int dim>
std::unique_ptr<BasinPartition<dim>> Problem<dim>::basin_partition() const
{
  if (domain.periodic != std::array<bool, 3>{} || absorbs())
    return {};
  for (const Minimum &minimum : minima)
    if (is_degenerate(minimum, dim))
      return {}; // one of a connected set of minimisers
  return std::make_unique<BasinPartition<dim>>(
      *space, model, Basins(model.landscape, minima, mesh.search_region()));
}

template <int dim>
bool Problem<dim>::is_symmetric() const
{
  return model.equilibrium && !model.weight.is_one() && model.weight.floor() == 0;
}

template class Problem<1>;
template class Problem<2>;
template class Problem<3>;
} // namespace lowland
