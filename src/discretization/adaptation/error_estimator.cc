#include "discretization/adaptation/error_estimator.h"

#include "discretization/adaptation/hierarchical_basis.h"
#include "discretization/form/absolute_integral.h"
#include "discretization/form/positivity.h"
#include "discretization/mesh/dealii_points.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/fe/mapping.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
using namespace dealii;

namespace
{
/// Calls `visit(cell, index)` on all locally owned active cells.
template <int dim, typename Visit>
void for_owned_cells(const Mesh<dim> &mesh, const Visit &visit)
{
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
      visit(cell, cell->active_cell_index());
}

template <int dim>
CellErrors zeros(const Mesh<dim> &mesh)
{
  return CellErrors(mesh.triangulation().n_active_cells(), 0.0);
}

void divide(CellErrors &errors, double divisor)
{
  for (double &e : errors)
    e /= divisor;
}

/// The share of the mass of Gaussians that a cell too wide to see them with its quadrature points may miss: of those
/// whose mean is within 4 deviations of the cell, if that is wider than 3 deviations along some axis.
template <typename Cell>
double unresolved_mass(const Cell &cell, const std::vector<Bump> &bumps)
{
  constexpr int dim = std::remove_reference_t<decltype(*cell)>::dimension;
  double mass = 0, all = 0;
  for (const Bump &bump : bumps)
  {
    bool near = true, wide = false;
    const auto box = cell->bounding_box().get_boundary_points();
    for (unsigned int i = 0; i < dim; ++i)
    {
      const double low = box.first[i] - bump.mean[i], high = bump.mean[i] - box.second[i];
      near = near && std::max(low, high) < 4 * bump.deviation[i];
      wide = wide || box.second[i] - box.first[i] > 3 * bump.deviation[i];
    }
    all += bump.weight;
    mass += near && wide ? bump.weight : 0;
  }
  return all > 0 ? mass / all : 0;
}

/// What is cut off beside an exit would leave first: what comes after hardly depends on it.
constexpr double share_cut_off = 0.25;

/// Whether behind this side something absorbs: a wall, or a region made of whole cells, of which one as large as this is
/// asked.
template <int dim, typename Cell>
bool is_exit(const Mesh<dim> &mesh, const Cell &cell, unsigned int side)
{
  if (cell->at_boundary(side))
    return mesh.exit_at(cell, side).has_value();
  return mesh.absorbs(Point<dim>(2.0 * cell->face(side)->center() - cell->center()));
}

/// What continuous elements cannot have of the start, because they vanish where it would be absorbed: L1 norm of the
/// shape functions of those nodes.
template <int dim, typename Cell>
double cut_off_by_exits(const DensitySpace<dim> &space, const Model &model,
                        const InitialDensity &start, const CellModel<dim> &cell_model,
                        const Cell &cell)
{
  const FiniteElement<dim> &element = space.finite_element();
  const unsigned int n = element.n_dofs_per_cell();
  std::vector<bool> vanishes(n, false);
  for (const unsigned int side : cell->face_indices())
    if (is_exit(space.mesh(), cell, side))
      for (unsigned int i = 0; i < n; ++i)
        vanishes[i] = vanishes[i] || element.has_support_on_face(i, side);
  if (std::find(vanishes.begin(), vanishes.end(), true) == vanishes.end())
    return 0;
  std::vector<Point<dim>> nodes;
  for (const Point<dim> &node : element.get_unit_support_points())
    nodes.push_back(cell_model.fe().get_mapping().transform_unit_to_real_cell(cell, node));
  Points points;
  copy_points(nodes, dim, points);
  std::vector<double> densities;
  start.evaluate(points, model, densities);
  double norm = 0;
  for (unsigned int i = 0; i < n; ++i)
    for (std::size_t q = 0; vanishes[i] && q < cell_model.n_points(); ++q)
      norm += cell_model.measure[q] * std::abs(cell_model.shape_values()[q * n + i]) * densities[i];
  return norm;
}

/// Cells beside those that a start was computed on: wider ones may not see all of it, and narrower ones would
/// only follow its jumps.
constexpr double widest = 4, narrowest = 0.125;
} // namespace

template <int dim>
double total(const Mesh<dim> &mesh, const CellErrors &errors)
{
  double sum = 0;
  for (const double e : errors)
    sum += e;
  return Utilities::MPI::sum(sum, mesh.communicator());
}

template <int dim>
CellErrors solution_errors(const DensitySpace<dim> &space, const Model &model,
                           const std::vector<std::vector<double>> &polynomials)
{
  CellErrors errors = zeros(space.mesh());
  CellModel<dim> cell_model(space, model, space.quadrature());
  HierarchicalBasis<dim> basis(space.degree() - 1, space.quadrature());
  std::vector<double> values;
  for_owned_cells(space.mesh(), [&](const auto &cell, unsigned int index) {
    cell_model.reinit(cell);
    cell_model.evaluate(polynomials[index], values);
    basis.reinit(cell_model.weighted_measure);
    errors[index] = basis.estimated_error(values);
  });
  return errors;
}

template <int dim>
double l1_distance(const DensitySpace<dim> &space, const PETScVector &u,
                   const DensitySpace<dim> &other_space, const PETScVector &other_u,
                   const Model &model)
{
  const auto &finer = space.degree() < other_space.degree() ? other_space : space;
  const auto polynomials = space.cell_polynomials(u),
             other_polynomials = other_space.cell_polynomials(other_u);
  CellModel<dim> cell_model(space, model, finer.quadrature()),
      other_model(other_space, model, finer.quadrature());
  AbsoluteIntegral<dim> absolute_integral(finer.quadrature());
  std::vector<double> difference, other_values;
  double distance = 0;
  for_owned_cells(space.mesh(), [&](const auto &cell, unsigned int index) {
    cell_model.reinit(cell);
    other_model.reinit(cell);
    cell_model.evaluate(polynomials[index], difference);
    other_model.evaluate(other_polynomials[index], other_values);
    for (std::size_t q = 0; q < difference.size(); ++q)
      difference[q] -= other_values[q];
    distance += absolute_integral(cell_model.weighted_measure, difference);
  });
  return Utilities::MPI::sum(distance, space.communicator());
}

template <int dim>
CellErrors start_errors(const DensitySpace<dim> &space, const Model &model,
                        const InitialDensity &start)
{
  CellErrors errors = zeros(space.mesh());
  if (start.is_none())
    return errors;
  const Quadrature<dim> quadrature = space.mesh().gauss(space.degree() + 4);
  CellModel<dim> cell_model(space, model, quadrature);
  HierarchicalBasis<dim> basis(space.degree(), quadrature);
  std::vector<double> values;
  double mass = 0;
  for_owned_cells(space.mesh(), [&](const auto &cell, unsigned int index) {
    cell_model.reinit(cell);
    start.evaluate(cell_model.points, model, values);
    for (std::size_t q = 0; q < values.size(); ++q)
    {
      mass += cell_model.measure[q] * values[q];
      values[q] /= cell_model.values.weight[q];
    }
    basis.reinit(cell_model.weighted_measure);
    errors[index] = basis.projection_error(values);
    if (space.is_discontinuous()) // the limiter will cut off what is negative
      errors[index] +=
          limit_of_cell(basis.projection(), cell_model.weighted_measure,
                        *std::min_element(basis.projection().begin(), basis.projection().end()))
              .moved;
    else if (space.mesh().walls().any() && !space.mesh().absorbs(cell->center()))
      errors[index] += share_cut_off * cut_off_by_exits(space, model, start, cell_model, cell);
  });
  mass = Utilities::MPI::sum(mass, space.communicator());
  if (mass > 0)
    divide(errors, mass);
  for_owned_cells(space.mesh(), [&](const auto &cell, unsigned int index) {
    errors[index] = std::max(errors[index], unresolved_mass(cell, start.bumps()));
    if (start.is_computed())
    {
      cell_model.reinit(cell);
      const double relative_width = widest_side(cell) / start.resolution(cell_model.points);
      if (relative_width > widest)
        errors[index] = 1;
      else if (relative_width < narrowest)
        errors[index] = 0;
    }
  });
  return errors;
}

template <int dim>
WeightErrors weight_errors(const DensitySpace<dim> &space, const Model &model)
{
  WeightErrors errors{zeros(space.mesh()), zeros(space.mesh())};
  if (!model.equilibrium || !model.equilibrium->bounded())
    return errors;
  // With w = 1 it is pi itself that must be integrated, for its normalisation and the distances to it.
  const auto density = [&](const CellModel<dim> &cell, std::size_t q) {
    return model.weight.is_one() ? std::exp(cell.values.log_relative_pi[q]) : cell.values.weight[q];
  };
  CellModel<dim> coarse(space, model, space.quadrature());
  CellModel<dim> fine(space, model, space.mesh().gauss(space.degree() + 4));
  double whole = 0;
  for_owned_cells(space.mesh(), [&](const auto &cell, unsigned int index) {
    coarse.reinit(cell);
    fine.reinit(cell);
    double integral = 0, reference = 0, low = 1e300, high = 0;
    for (std::size_t q = 0; q < coarse.n_points(); ++q)
      integral += coarse.measure[q] * density(coarse, q);
    for (std::size_t q = 0; q < fine.n_points(); ++q)
    {
      reference += fine.measure[q] * density(fine, q);
      low = std::min(low, fine.values.weight[q]);
      high = std::max(high, fine.values.weight[q]);
    }
    whole += reference;
    errors.quadrature[index] = std::abs(integral - reference);
    errors.log_range[index] = std::log(high / low);
  });
  divide(errors.quadrature, Utilities::MPI::sum(whole, space.communicator()));
  return errors;
}

#define INSTANTIATE(dim)                                                                           \
  template double total(const Mesh<dim> &, const CellErrors &);                                    \
  template CellErrors solution_errors(const DensitySpace<dim> &, const Model &,                    \
                                      const std::vector<std::vector<double>> &);                   \
  template double l1_distance(const DensitySpace<dim> &, const PETScVector &,                      \
                              const DensitySpace<dim> &, const PETScVector &, const Model &);      \
  template CellErrors start_errors(const DensitySpace<dim> &, const Model &,                       \
                                   const InitialDensity &);                                        \
  template WeightErrors weight_errors(const DensitySpace<dim> &, const Model &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
