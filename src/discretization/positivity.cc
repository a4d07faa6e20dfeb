#include "discretization/positivity.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/fe/fe.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
using namespace dealii;

CellLimit limit_of_cell(const std::vector<double> &values, const std::vector<double> &weights,
                        double lowest)
{
  CellLimit limit;
  double mass = 0, measure = 0;
  for (std::size_t q = 0; q < values.size(); ++q)
  {
    mass += weights[q] * values[q];
    measure += weights[q];
  }
  limit.mean = mass / measure;
  if (lowest >= 0)
    return limit;
  limit.mean = std::max(0.0, limit.mean);
  limit.scale = limit.mean / (limit.mean - lowest);
  for (std::size_t q = 0; q < values.size(); ++q)
    limit.moved += weights[q] * (1 - limit.scale) * std::abs(values[q] - limit.mean);
  return limit;
}

template <int dim>
std::vector<double> limit_to_nonnegative(const DensitySpace<dim> &space, const Model &model,
                                         PETScVector &u)
{
  std::vector<double> moved(space.mesh().triangulation().n_active_cells(), 0.0);
  CellModel<dim> cell_model(space, model, space.quadrature());
  std::vector<types::global_dof_index> indices(space.finite_element().n_dofs_per_cell());
  auto polynomials = space.cell_polynomials(u);
  std::vector<double> values;
  for (const auto &cell : space.dof_handler().active_cell_iterators())
  {
    if (!cell->is_locally_owned())
      continue;
    auto &polynomial = polynomials[cell->active_cell_index()];
    cell_model.evaluate(polynomial, values);
    const double lowest = std::min(*std::min_element(values.begin(), values.end()),
                                   *std::min_element(polynomial.begin(), polynomial.end()));
    if (lowest >= 0)
      continue;
    cell_model.reinit(cell);
    const CellLimit limit = limit_of_cell(values, cell_model.weighted_measure, lowest);
    moved[cell->active_cell_index()] = limit.moved;
    for (double &value : polynomial)
      value = limit.mean + limit.scale * (value - limit.mean);
    cell->get_dof_indices(indices);
    u.set(indices, polynomial);
  }
  u.compress(VectorOperation::insert);
  return moved;
}

#define INSTANTIATE(dim)                                                                           \
  template std::vector<double> limit_to_nonnegative(const DensitySpace<dim> &, const Model &,      \
                                                    PETScVector &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
