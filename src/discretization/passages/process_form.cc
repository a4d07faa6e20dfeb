#include "discretization/passages/process_form.h"

#include "discretization/form/flux.h"

#include <deal.II/base/quadrature.h>
#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/fe/fe.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/lac/petsc_vector.h>

#include <cmath>

namespace lowland
{
using namespace dealii;

template <int dim>
ProcessForm<dim>::ProcessForm(const DensitySpace<dim> &space, const Model &model, Process process)
    : indices(space.finite_element().n_dofs_per_cell()), matrix(indices.size(), indices.size()),
      process_(process), cell_(space, model, space.quadrature(), Derivatives::gradient, true),
      gradients_(dim * space.quadrature().size(), indices.size()),
      fluxes_(gradients_.m(), gradients_.n())
{
}

template <int dim>
template <typename Cell>
void ProcessForm<dim>::reinit(const Cell &iterator)
{
  cell_.reinit(iterator);
  iterator->get_dof_indices(indices);
  const unsigned int n = indices.size();
  for (unsigned int q = 0; q < cell_.n_points(); ++q)
    for (unsigned int i = 0; i < n; ++i)
    {
      const Tensor<1, dim> gradient = cell_.fe().shape_grad(i, q);
      const Tensor<1, dim> flux_of_i =
          process_ == Process::general
              ? flux(cell_.values, q, cell_.shape_values()[q * n + i], gradient)
              : diffusion_times(cell_.values, q, gradient);
      for (unsigned int a = 0; a < dim; ++a)
      {
        gradients_(q * dim + a, i) = gradient[a];
        fluxes_(q * dim + a, i) = cell_.weighted_measure[q] * flux_of_i[a];
      }
    }
  fluxes_.Tmmult(matrix, gradients_);
}

template <int dim>
Vector<double> ProcessForm<dim>::local_values(const PETScVector &ghosted) const
{
  Vector<double> values(indices.size());
  ghosted.extract_subvector_to(indices.begin(), indices.end(), values.begin());
  return values;
}

template <int dim>
double ProcessForm<dim>::density(std::size_t q) const
{
  return process_ == Process::general ? cell_.values.weight[q]
                                      : std::exp(cell_.values.log_relative_pi[q]);
}

template <int dim>
double ProcessForm<dim>::integral(const Vector<double> &function) const
{
  std::vector<double> values;
  cell_.evaluate(std::vector<double>(function.begin(), function.end()), values);
  double sum = 0;
  for (std::size_t q = 0; q < values.size(); ++q)
    sum += cell_.measure[q] * density(q) * values[q];
  return sum;
}

template <int dim>
void ProcessForm<dim>::integrals(Vector<double> &result) const
{
  result.reinit(indices.size());
  for (std::size_t q = 0; q < cell_.n_points(); ++q)
    for (unsigned int i = 0; i < result.size(); ++i)
      result(i) += cell_.measure[q] * density(q) * cell_.shape_values()[q * result.size() + i];
}

#define INSTANTIATE(dim)                                                                           \
  template class ProcessForm<dim>;                                                                 \
  template void ProcessForm<dim>::reinit(const DoFHandler<dim>::active_cell_iterator &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
