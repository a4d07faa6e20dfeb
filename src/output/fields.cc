#include "output/fields.h"

#include "discretization/cell_model.h"
#include "input/errors.h"
#include "input/rank_0.h"
#include "output/log.h"
#include "output/run_folder.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/fe/mapping.h>
#include <deal.II/lac/petsc_vector.h>
#include <deal.II/numerics/data_out.h>
#include <deal.II/numerics/data_postprocessor.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>

namespace lowland
{
using namespace dealii;

namespace
{
/// From u and grad u at the points of a patch to what users look at.
template <int dim>
class DensityFields : public DataPostprocessor<dim>
{
public:
  DensityFields(const Model &model, const std::vector<std::string> &fields, double normalisation)
      : model_(model), fields_(fields), log_normalisation_(std::log(normalisation))
  {
    if (std::isnan(normalisation))
      fields_.erase(std::remove(fields_.begin(), fields_.end(), "ratio"), fields_.end());
    else
      fields_.push_back("invariant");
  }

  std::vector<std::string> get_names() const override
  {
    std::vector<std::string> names;
    for (const std::string &field : fields_)
      names.insert(names.end(), field == "current" ? dim : 1,
                   field == "log10-rho" ? "log10_rho" : field);
    return names;
  }

  std::vector<DataComponentInterpretation::DataComponentInterpretation>
  get_data_component_interpretation() const override
  {
    std::vector<DataComponentInterpretation::DataComponentInterpretation> kinds;
    for (const std::string &field : fields_)
      if (field == "current")
        kinds.insert(kinds.end(), dim, DataComponentInterpretation::component_is_part_of_vector);
      else
        kinds.push_back(DataComponentInterpretation::component_is_scalar);
    return kinds;
  }

  UpdateFlags get_needed_update_flags() const override
  {
    return update_values | update_gradients | update_quadrature_points;
  }

  void evaluate_scalar_field(const DataPostprocessorInputs::Scalar<dim> &inputs,
                             std::vector<Vector<double>> &results) const override
  {
    Points points;
    copy_points(inputs.evaluation_points, dim, points);
    ModelValues values;
    model_.evaluate(points, values);
    model_.scale_noise(model_.relative_learning_rate, values);
    for (std::size_t q = 0; q < points.size(); ++q)
    {
      unsigned int column = 0;
      for (const std::string &field : fields_)
        fill(field, values, inputs.solution_values[q], inputs.solution_gradients[q], q, results[q],
             column);
    }
  }

private:
  void fill(const std::string &field, const ModelValues &values, double u,
            const Tensor<1, dim> &gradient, std::size_t q, Vector<double> &result,
            unsigned int &column) const
  {
    const double w = values.weight[q], rho = w * u;
    if (field == "rho")
      result(column++) = rho;
    else if (field == "log10-rho")
      result(column++) = std::max(-300.0, std::log10(std::abs(rho)));
    else if (field == "loss")
      result(column++) = values.landscape.loss[q];
    else if (field == "invariant")
      result(column++) = std::exp(values.log_relative_pi[q] - log_normalisation_);
    else if (field == "ratio")
      result(column++) = ratio(values, u, q);
    else // J = -w (D grad u + u g)
      for (unsigned int a = 0; a < dim; ++a)
      {
        double flux = u * values.drift[a][q];
        for (unsigned int b = 0; b < dim; ++b)
          flux += values.diffusion.tensor[packed(a, b)][q] * gradient[b];
        result(column++) = -w * flux;
      }
  }

  /// rho/pi; 0 where pi underflows, for nothing can be said there.
  double ratio(const ModelValues &values, double u, std::size_t q) const
  {
    const double log_pi = values.log_relative_pi[q] - log_normalisation_;
    return log_pi < -600 ? 0 : values.weight[q] * u * std::exp(-log_pi);
  }

  const Model &model_;
  std::vector<std::string> fields_;
  double log_normalisation_;
};
/// w u for a further u.
template <int dim>
class WeightedField : public DataPostprocessorScalar<dim>
{
public:
  WeightedField(const Model &model, const std::string &name)
      : DataPostprocessorScalar<dim>(name, update_values | update_quadrature_points), model_(model)
  {
  }

  void evaluate_scalar_field(const DataPostprocessorInputs::Scalar<dim> &inputs,
                             std::vector<Vector<double>> &results) const override
  {
    Points points;
    copy_points(inputs.evaluation_points, dim, points);
    ModelValues values;
    model_.evaluate(points, values);
    for (std::size_t q = 0; q < points.size(); ++q)
      results[q](0) = values.weight[q] * inputs.solution_values[q];
  }

private:
  const Model &model_;
};

/// Shows its patches.
template <int dim>
struct PatchData : DataOut<dim>
{
  using DataOut<dim>::get_patches;
  using DataOut<dim>::get_dataset_names;
};

/// An upper bound of the size of the file, over all ranks: 4 bytes a number, 12 a connectivity, base64;
/// what zlib adds to data that it cannot compress is far below the rest.
template <int dim>
double bytes_at_most(const PatchData<dim> &data_out, MPI_Comm communicator)
{
  double n_points = 0;
  for (const auto &patch : data_out.get_patches())
    n_points += std::pow(patch.n_subdivisions + 1, dim);
  const double n_numbers = 6 + data_out.get_dataset_names().size(); // vectors have 3 components
  return 5000.0 * (1 + Utilities::MPI::n_mpi_processes(communicator)) +
         Utilities::MPI::sum(n_points, communicator) * (4 * n_numbers + 12) * 4 / 3;
}

/// A rank that alone cannot write would leave the others waiting inside MPI: so ask before.
void require_space(MPI_Comm communicator, const std::string &folder, double bytes)
{
  on_rank_0(communicator, [&]() {
    std::error_code error;
    const auto space = std::filesystem::space(folder, error);
    if (!error && space.available < bytes)
      throw OutputError("cannot write " + folder + "/fields: the next field file may need " +
                        format(bytes / 1e6, 3) + " MB, and " + format(space.available / 1e6, 3) +
                        " MB are free. Free some, or ask for fewer Output/Fields.");
  });
}
} // namespace

FieldWriter::FieldWriter(std::string folder, std::vector<std::string> fields)
    : folder_(std::move(folder)), fields_(std::move(fields))
{
}

template <int dim>
void FieldWriter::write(const DensitySpace<dim> &space, const Model &model, const PETScVector &u,
                        double normalisation, double time, const std::vector<NamedRatio> &others)
{
  if (fields_.empty())
    return;
  const PETScVector values = space.ghosted(u);
  std::vector<PETScVector> other_values; // ghosted, and alive until the patches are built
  std::vector<std::unique_ptr<WeightedField<dim>>> other_fields;
  for (const NamedRatio &other : others)
  {
    other_values.push_back(space.ghosted(other.u));
    other_fields.push_back(std::make_unique<WeightedField<dim>>(model, other.name));
  }
  DensityFields<dim> postprocessor(model, fields_, normalisation);
  PatchData<dim> data_out;
  DataOutBase::VtkFlags flags(time, times_and_files_.size());
  flags.write_higher_order_cells = dim > 1; // deal.II 9.4 asserts in 1D
  flags.compression_level = DataOutBase::VtkFlags::best_speed;
  data_out.set_flags(flags);
  data_out.attach_dof_handler(space.dof_handler());
  data_out.add_data_vector(values, postprocessor);
  for (std::size_t k = 0; k < others.size(); ++k)
    data_out.add_data_vector(other_values[k], *other_fields[k]);
  data_out.build_patches(space.mesh().mapping(), dim == 1 ? 2 * space.degree() : space.degree(),
                         DataOut<dim>::curved_inner_cells);

  char file[64];
  std::snprintf(file, sizeof file, "fields/density_%04zu.vtu", times_and_files_.size());
  require_space(space.communicator(), folder_, bytes_at_most(data_out, space.communicator()));
  try
  {
    data_out.write_vtu_in_parallel(folder_ + "/" + file, space.communicator());
  }
  catch (const ExceptionBase &)
  {
    throw OutputError("cannot write " + folder_ + "/" + file);
  }
  times_and_files_.emplace_back(time, file);
  on_rank_0(space.communicator(), [&]() {
    std::ostringstream pvd;
    DataOutBase::write_pvd_record(pvd, times_and_files_);
    write_file(folder_ + "/density.pvd", pvd.str());
  });
}

#define INSTANTIATE(dim)                                                                           \
  template void FieldWriter::write(const DensitySpace<dim> &, const Model &, const PETScVector &,  \
                                   double, double, const std::vector<NamedRatio> &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
