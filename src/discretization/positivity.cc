#include "discretization/positivity.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/fe/fe.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
using namespace dealii;

template <int dim>
Limited limit_to_nonnegative(const DensitySpace<dim> &space, const Model &model, PETScVector &u)
{
  CellModel<dim> cell_model(space, model, space.quadrature());
  auto polynomials = space.cell_polynomials(u);
  std::vector<types::global_dof_index> indices(space.finite_element().n_dofs_per_cell());
  std::vector<double> values;
  Limited limited;
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
    double mass = 0, measure = 0;
    for (std::size_t q = 0; q < values.size(); ++q)
    {
      mass += cell_model.weighted_measure[q] * values[q];
      measure += cell_model.weighted_measure[q];
    }
    const double mean = mass / measure;
    if (mean < 0)
      continue;
    const double scale = mean / (mean - lowest);
    ++limited.cells;
    for (std::size_t q = 0; q < values.size(); ++q)
      limited.moved += cell_model.weighted_measure[q] * (1 - scale) * std::abs(values[q] - mean);
    for (double &value : polynomial)
      value = mean + scale * (value - mean);
    cell->get_dof_indices(indices);
    u.set(indices, polynomial);
  }
  u.compress(VectorOperation::insert);
  limited.cells = Utilities::MPI::sum(limited.cells, space.communicator());
  limited.moved = Utilities::MPI::sum(limited.moved, space.communicator());
  return limited;
}

template Limited limit_to_nonnegative(const DensitySpace<1> &, const Model &, PETScVector &);
template Limited limit_to_nonnegative(const DensitySpace<2> &, const Model &, PETScVector &);
template Limited limit_to_nonnegative(const DensitySpace<3> &, const Model &, PETScVector &);
} // namespace lowland
