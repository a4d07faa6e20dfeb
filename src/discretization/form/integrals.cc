#include "discretization/form/integrals.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/grid/tria.h>

#include <cmath>
#include <limits>

namespace lowland
{
template <int dim>
double integrate(const DensitySpace<dim> &space, const Model &model,
                 const std::function<double(const CellModel<dim> &, std::size_t)> &g)
{
  CellModel<dim> cell_model(space, model, space.quadrature());
  double sum = 0;
  for (const auto &cell : space.mesh().triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell_model.reinit(cell);
      for (std::size_t q = 0; q < cell_model.n_points(); ++q)
        sum += cell_model.measure[q] * g(cell_model, q);
    }
  return dealii::Utilities::MPI::sum(sum, space.communicator());
}

template <int dim>
double invariant_normalisation(const DensitySpace<dim> &space, const Model &model)
{
  if (!model.equilibrium || !model.equilibrium->bounded())
    return std::numeric_limits<double>::quiet_NaN();
  return integrate<dim>(space, model, [](const CellModel<dim> &cell, std::size_t q) {
    return std::exp(cell.values.log_relative_pi[q]);
  });
}

template <int dim>
double limit_normalisation(const DensitySpace<dim> &space, const Model &model)
{
  return space.mesh().walls().any() ? std::numeric_limits<double>::quiet_NaN()
                                    : invariant_normalisation(space, model);
}

#define INSTANTIATE(dim)                                                                           \
  template double integrate(const DensitySpace<dim> &, const Model &,                              \
                            const std::function<double(const CellModel<dim> &, std::size_t)> &);   \
  template double invariant_normalisation(const DensitySpace<dim> &, const Model &);               \
  template double limit_normalisation(const DensitySpace<dim> &, const Model &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
