#include "discretization/form/cell_model.h"

#include "discretization/mesh/dealii_points.h"

#include <deal.II/base/quadrature.h>
#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/grid/tria.h>

namespace lowland
{
using namespace dealii;

template <int dim>
CellModel<dim>::CellModel(const DensitySpace<dim> &space, const Model &model,
                          const Quadrature<dim> &quadrature, Derivatives order,
                          bool shape_gradients)
    : model_(model), order_(order),
      fe_(std::make_unique<FEValues<dim>>(
          space.mesh().mapping(), space.finite_element(), quadrature,
          update_values | update_quadrature_points | update_JxW_values |
              (shape_gradients ? update_gradients : update_default)))
{
  const auto &element = space.finite_element();
  const unsigned int n = element.n_dofs_per_cell();
  shape_values_.resize(quadrature.size() * n);
  for (unsigned int q = 0; q < quadrature.size(); ++q)
    for (unsigned int i = 0; i < n; ++i)
      shape_values_[q * n + i] = element.shape_value(i, quadrature.point(q));
}

template <int dim>
CellModel<dim>::~CellModel() = default;

template <int dim>
template <typename Cell>
void CellModel<dim>::reinit(const Cell &cell)
{
  fe_->reinit(cell);
  copy_points(fe_->get_quadrature_points(), dim, points);
  model_.evaluate(points, values, order_);
  model_.measure(points, measure);
  weighted_measure.resize(n_points());
  for (std::size_t q = 0; q < n_points(); ++q)
  {
    measure[q] *= fe_->JxW(q);
    weighted_measure[q] = measure[q] * values.weight[q];
  }
}

template <int dim>
void CellModel<dim>::evaluate(const std::vector<double> &polynomial,
                              std::vector<double> &result) const
{
  const std::size_t n = polynomial.size(), n_values = shape_values_.size() / n;
  result.assign(n_values, 0.0);
  for (std::size_t q = 0; q < n_values; ++q)
    for (std::size_t i = 0; i < n; ++i)
      result[q] += shape_values_[q * n + i] * polynomial[i];
}

template class CellModel<1>;
template class CellModel<2>;
template class CellModel<3>;

#define INSTANTIATE(dim)                                                                           \
  template void CellModel<dim>::reinit(const Triangulation<dim>::active_cell_iterator &);          \
  template void CellModel<dim>::reinit(const Triangulation<dim>::cell_iterator &);                 \
  template void CellModel<dim>::reinit(const DoFHandler<dim>::active_cell_iterator &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
