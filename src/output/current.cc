#include "output/current.h"

#include "discretization/form/cell_model.h"
#include "discretization/form/flux.h"

#include <deal.II/base/mpi.h>
#include <deal.II/base/quadrature.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>

namespace lowland
{
using namespace dealii;

namespace
{
/// u and grad u at the points of a cell.
template <int dim>
struct Ratio
{
  std::vector<double> values;
  std::vector<Tensor<1, dim>> gradients;

  explicit Ratio(std::size_t n_points) : values(n_points), gradients(n_points) {}

  void clear()
  {
    std::fill(values.begin(), values.end(), 0.0);
    std::fill(gradients.begin(), gradients.end(), Tensor<1, dim>());
  }

  void add(double factor, const std::vector<double> &polynomial, const CellModel<dim> &cell)
  {
    const std::size_t n = polynomial.size();
    for (std::size_t q = 0; q < values.size(); ++q)
      for (std::size_t i = 0; i < n; ++i)
      {
        values[q] += factor * polynomial[i] * cell.shape_values()[q * n + i];
        gradients[q] += factor * polynomial[i] * cell.fe().shape_grad(i, q);
      }
  }

  /// int |J| dmu over the cell.
  double current_size(const CellModel<dim> &cell) const
  {
    double sum = 0;
    for (std::size_t q = 0; q < values.size(); ++q)
      sum += cell.weighted_measure[q] * flux(cell.values, q, values[q], gradients[q]).norm();
    return sum;
  }
};

/// int |J| dmu of the u that add_to(ratio, cell, cell_model) adds up on each cell.
template <int dim, typename AddTo>
double integrated_size(const DensitySpace<dim> &space, const Model &model,
                       const Quadrature<dim> &quadrature, const AddTo &add_to)
{
  CellModel<dim> cell_model(space, model, quadrature, Derivatives::gradient, true);
  Ratio<dim> ratio(quadrature.size());
  double size = 0;
  for (const auto &cell : space.mesh().triangulation().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell_model.reinit(cell);
      ratio.clear();
      add_to(ratio, cell, cell_model);
      size += ratio.current_size(cell_model);
    }
  return Utilities::MPI::sum(size, space.communicator());
}
} // namespace

template <int dim>
double current_size(const DensitySpace<dim> &space, const Model &model, const PETScVector &u)
{
  const auto polynomials = space.cell_polynomials(u);
  return integrated_size(
      space, model, space.quadrature(),
      [&](Ratio<dim> &ratio, const auto &cell, const CellModel<dim> &cell_model) {
        ratio.add(1, polynomials[cell->active_cell_index()], cell_model);
      });
}

template <int dim>
double current_distance(const DensitySpace<dim> &space, const PETScVector &u,
                        const DensitySpace<dim> &other_space, const PETScVector &other_u,
                        const Model &model)
{
  const auto &finer = space.degree() < other_space.degree() ? other_space : space;
  const auto polynomials = space.cell_polynomials(u),
             other_polynomials = other_space.cell_polynomials(other_u);
  CellModel<dim> other_model(other_space, model, finer.quadrature(), Derivatives::gradient, true);
  return integrated_size(
      space, model, finer.quadrature(),
      [&](Ratio<dim> &difference, const auto &cell, const CellModel<dim> &cell_model) {
        other_model.reinit(cell);
        difference.add(1, polynomials[cell->active_cell_index()], cell_model);
        difference.add(-1, other_polynomials[cell->active_cell_index()], other_model);
      });
}

#define INSTANTIATE(dim)                                                                           \
  template double current_size(const DensitySpace<dim> &, const Model &, const PETScVector &);     \
  template double current_distance(const DensitySpace<dim> &, const PETScVector &,                 \
                                   const DensitySpace<dim> &, const PETScVector &, const Model &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
