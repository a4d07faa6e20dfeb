#include "output/reactive_fields.h"

#include "output/vtu.h"

#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_system.h>
#include <deal.II/lac/petsc_vector.h>
#include <deal.II/numerics/data_postprocessor.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
using namespace dealii;

namespace
{
/// From all h_k and their gradients at a point to what users look at.
template <int dim>
class ReactivePaths : public DataPostprocessor<dim>
{
public:
  ReactivePaths(const Model &model, const std::vector<double> &coefficients, double normalisation)
      : model_(model), coefficients_(coefficients), normalisation_(normalisation)
  {
  }

  std::vector<std::string> get_names() const override
  {
    std::vector<std::string> names(3 + dim, "reactive_current");
    names[0] = "committor";
    names[1] = "loss";
    names[2] = "invariant";
    return names;
  }

  std::vector<DataComponentInterpretation::DataComponentInterpretation>
  get_data_component_interpretation() const override
  {
    std::vector<DataComponentInterpretation::DataComponentInterpretation> kinds(
        3 + dim, DataComponentInterpretation::component_is_part_of_vector);
    std::fill_n(kinds.begin(), 3, DataComponentInterpretation::component_is_scalar);
    return kinds;
  }

  UpdateFlags get_needed_update_flags() const override
  {
    return update_values | update_gradients | update_quadrature_points;
  }

  void evaluate_vector_field(const DataPostprocessorInputs::Vector<dim> &inputs,
                             std::vector<Vector<double>> &results) const override
  {
    const ModelValues values = values_at(model_, inputs.evaluation_points);
    for (std::size_t q = 0; q < results.size(); ++q)
    {
      const auto &h = inputs.solution_values[q];
      const Tensor<1, dim> gradient = committor_gradient(h, inputs.solution_gradients[q]);
      const double pi = std::exp(values.log_relative_pi[q]) / normalisation_;
      results[q] = 0;
      for (std::size_t k = 0; k < coefficients_.size(); ++k)
        results[q](0) += coefficients_[k] * h(k);
      results[q](1) = values.landscape.loss[q];
      results[q](2) = pi;
      for (unsigned int a = 0; a < dim; ++a)
        for (unsigned int b = 0; b < dim; ++b)
          results[q](3 + a) += pi * values.diffusion.tensor[packed(a, b)][q] * gradient[b];
    }
  }

private:
  /// The gradients of all h_k add up to zero; leaving out that of the largest, which is constant but
  /// for roundings in its own well, keeps the small current there.
  Tensor<1, dim> committor_gradient(const Vector<double> &h,
                                    const std::vector<Tensor<1, dim>> &gradients) const
  {
    const std::size_t largest = std::max_element(h.begin(), h.end()) - h.begin();
    Tensor<1, dim> sum;
    for (std::size_t k = 0; k < coefficients_.size(); ++k)
      sum += (coefficients_[k] - coefficients_[largest]) * gradients[k];
    return sum;
  }

  const Model &model_;
  const std::vector<double> coefficients_;
  const double normalisation_;
};

/// All h_k as the components of one finite-element function.
template <int dim>
PETScVector joined(const DensitySpace<dim> &space, const HarmonicFunctions<dim> &functions,
                   const DoFHandler<dim> &dof_handler)
{
  const auto &element = dof_handler.get_fe();
  std::vector<std::vector<std::vector<double>>> polynomials;
  for (std::size_t k = 0; k < functions.size(); ++k)
    polynomials.push_back(space.cell_polynomials(functions[k]));
  IndexSet relevant;
  DoFTools::extract_locally_relevant_dofs(dof_handler, relevant);
  PETScVector owned(dof_handler.locally_owned_dofs(), space.communicator());
  std::vector<types::global_dof_index> indices(element.n_dofs_per_cell());
  for (const auto &cell : dof_handler.active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell->get_dof_indices(indices);
      for (unsigned int i = 0; i < indices.size(); ++i)
      {
        const auto [component, node] = element.system_to_component_index(i);
        if (owned.locally_owned_elements().is_element(indices[i]))
          owned(indices[i]) = polynomials[component][cell->active_cell_index()][node];
      }
    }
  owned.compress(VectorOperation::insert);
  PETScVector ghosted(dof_handler.locally_owned_dofs(), relevant, space.communicator());
  ghosted = owned;
  return ghosted;
}
} // namespace

template <int dim>
void write_reactive_fields(const DensitySpace<dim> &space, const Model &model,
                           const HarmonicFunctions<dim> &functions,
                           const std::vector<double> &coefficients, double normalisation,
                           const std::string &file)
{
  const FESystem<dim> element(space.finite_element(), functions.size());
  DoFHandler<dim> dof_handler(space.mesh().triangulation());
  dof_handler.distribute_dofs(element);
  const PETScVector values = joined(space, functions, dof_handler);
  const ReactivePaths<dim> postprocessor(model, coefficients, normalisation);
  write_vtu<dim>(space, dof_handler, {{values, postprocessor}}, file);
}

#define INSTANTIATE(dim)                                                                           \
  template void write_reactive_fields(const DensitySpace<dim> &, const Model &,                    \
                                      const HarmonicFunctions<dim> &, const std::vector<double> &, \
                                      double, const std::string &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
