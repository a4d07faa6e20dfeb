#include "output/reactive_fields.h"

#include "discretization/flux.h"
#include "output/vtu.h"

#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_system.h>
#include <deal.II/lac/petsc_vector.h>
#include <deal.II/numerics/data_postprocessor.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowland
{
using namespace dealii;

namespace
{
/// From several functions and their gradients at a point to what users look at: some scalars and the current.
template <int dim>
class PathFields : public DataPostprocessor<dim>
{
public:
  PathFields(const Model &model, std::vector<std::string> scalars)
      : model_(model), scalars_(std::move(scalars))
  {
  }

  std::vector<std::string> get_names() const override
  {
    std::vector<std::string> names = scalars_;
    names.resize(scalars_.size() + dim, "reactive_current");
    return names;
  }

  std::vector<DataComponentInterpretation::DataComponentInterpretation>
  get_data_component_interpretation() const override
  {
    std::vector<DataComponentInterpretation::DataComponentInterpretation> kinds(
        scalars_.size(), DataComponentInterpretation::component_is_scalar);
    kinds.resize(scalars_.size() + dim, DataComponentInterpretation::component_is_part_of_vector);
    return kinds;
  }

  UpdateFlags get_needed_update_flags() const override
  {
    return update_values | update_gradients | update_quadrature_points;
  }

protected:
  const Model &model_;
  const std::vector<std::string> scalars_;
};

/// In detailed balance, from all h_k.
template <int dim>
class ReversiblePaths : public PathFields<dim>
{
public:
  ReversiblePaths(const Model &model, const std::vector<double> &coefficients, double normalisation)
      : PathFields<dim>(model, {"committor", "loss", "invariant"}), coefficients_(coefficients),
        normalisation_(normalisation)
  {
  }

  void evaluate_vector_field(const DataPostprocessorInputs::Vector<dim> &inputs,
                             std::vector<Vector<double>> &results) const override
  {
    const ModelValues values = values_at(this->model_, inputs.evaluation_points);
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
      const Tensor<1, dim> current = pi * diffusion_times(values, q, gradient);
      for (unsigned int a = 0; a < dim; ++a)
        results[q](3 + a) = current[a];
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

  const std::vector<double> coefficients_;
  const double normalisation_;
};

/// In general, from q, u and u_a.
template <int dim>
class IrreversiblePaths : public PathFields<dim>
{
public:
  explicit IrreversiblePaths(const Model &model)
      : PathFields<dim>(model, {"committor", "backward_committor", "loss", "invariant"})
  {
  }

  void evaluate_vector_field(const DataPostprocessorInputs::Vector<dim> &inputs,
                             std::vector<Vector<double>> &results) const override
  {
    const ModelValues values = values_at(this->model_, inputs.evaluation_points);
    for (std::size_t q = 0; q < results.size(); ++q)
    {
      const double w = values.weight[q], committor = inputs.solution_values[q](0),
                   u = inputs.solution_values[q](1), u_a = inputs.solution_values[q](2);
      const auto &gradients = inputs.solution_gradients[q];
      results[q](0) = committor;
      results[q](1) = u > 0 ? std::clamp(u_a / u, 0.0, 1.0) : 0; // round-off where u is tiny
      results[q](2) = values.landscape.loss[q];
      results[q](3) = w * u;
      const Tensor<1, dim> current = w * (u_a * diffusion_times(values, q, gradients[0]) -
                                          committor * flux(values, q, u_a, gradients[2]));
      for (unsigned int a = 0; a < dim; ++a)
        results[q](4 + a) = current[a];
    }
  }
};

/// Functions of the space as the components of one finite-element function.
template <int dim>
PETScVector joined(const DensitySpace<dim> &space,
                   const std::vector<const PETScVector *> &functions,
                   const DoFHandler<dim> &dof_handler)
{
  const auto &element = dof_handler.get_fe();
  std::vector<std::vector<std::vector<double>>> polynomials;
  polynomials.reserve(functions.size());
  for (const PETScVector *function : functions)
    polynomials.push_back(space.cell_polynomials(*function));
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

template <int dim>
void write(const DensitySpace<dim> &space, const std::vector<const PETScVector *> &functions,
           const PathFields<dim> &fields, const std::string &file)
{
  const FESystem<dim> element(space.finite_element(), functions.size());
  DoFHandler<dim> dof_handler(space.mesh().triangulation());
  dof_handler.distribute_dofs(element);
  const PETScVector values = joined(space, functions, dof_handler);
  write_vtu<dim>(space, dof_handler, {{values, fields}}, file);
}
} // namespace

template <int dim>
void write_reactive_fields(const DensitySpace<dim> &space, const Model &model,
                           const HarmonicFunctions<dim> &functions,
                           const std::vector<double> &coefficients, double normalisation,
                           const std::string &file)
{
  std::vector<const PETScVector *> all;
  all.reserve(functions.size());
  for (std::size_t k = 0; k < functions.size(); ++k)
    all.push_back(&functions[k]);
  write(space, all, ReversiblePaths<dim>(model, coefficients, normalisation), file);
}

template <int dim>
void write_reactive_fields(const DensitySpace<dim> &space, const Model &model,
                           const PETScVector &committor, const PETScVector &u,
                           const PETScVector &u_a, const std::string &file)
{
  write(space, {&committor, &u, &u_a}, IrreversiblePaths<dim>(model), file);
}

#define INSTANTIATE(dim)                                                                           \
  template void write_reactive_fields(const DensitySpace<dim> &, const Model &,                    \
                                      const HarmonicFunctions<dim> &, const std::vector<double> &, \
                                      double, const std::string &);                                \
  template void write_reactive_fields(const DensitySpace<dim> &, const Model &,                    \
                                      const PETScVector &, const PETScVector &,                    \
                                      const PETScVector &, const std::string &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
