#include "output/fields.h"

#include "discretization/flux.h"
#include "input/rank_0.h"
#include "output/run_folder.h"
#include "output/vtu.h"

#include <deal.II/base/data_out_base.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/lac/petsc_vector.h>
#include <deal.II/numerics/data_postprocessor.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
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
      if (field == "current")
        names.insert(names.end(), dim, field);
      else
        names.push_back(field == "log10-rho" ? "log10_rho" : field);
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
    ModelValues values = values_at(model_, inputs.evaluation_points);
    model_.scale_noise(model_.relative_learning_rate, values);
    for (std::size_t q = 0; q < results.size(); ++q)
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
    {
      const Tensor<1, dim> current = -w * flux(values, q, u, gradient);
      for (unsigned int a = 0; a < dim; ++a)
        result(column++) = current[a];
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
    const ModelValues values = values_at(model_, inputs.evaluation_points);
    for (std::size_t q = 0; q < results.size(); ++q)
      results[q](0) = values.weight[q] * inputs.solution_values[q];
  }

private:
  const Model &model_;
};

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
  const DensityFields<dim> postprocessor(model, fields_, normalisation);
  std::vector<VtuFunction<dim>> functions = {{values, postprocessor}};
  for (std::size_t k = 0; k < others.size(); ++k)
    functions.push_back({other_values[k], *other_fields[k]});

  char file[64];
  std::snprintf(file, sizeof file, "fields/density_%04zu.vtu", times_and_files_.size());
  write_vtu(space, space.dof_handler(), functions, folder_ + "/" + file, time,
            times_and_files_.size());
  times_and_files_.emplace_back(time, file);
  write_pvd(space.communicator());
}

void FieldWriter::write_pvd(MPI_Comm communicator) const
{
  on_rank_0(communicator, [&]() {
    std::ostringstream pvd;
    DataOutBase::write_pvd_record(pvd, times_and_files_);
    write_file(folder_ + "/density.pvd", pvd.str());
  });
}

void FieldWriter::restore(std::vector<std::pair<double, std::string>> files, MPI_Comm communicator)
{
  times_and_files_ = std::move(files);
  on_rank_0(communicator, [&]() {
    std::set<std::string> known;
    for (const auto &[time, file] : times_and_files_)
      known.insert(file);
    std::vector<std::filesystem::path> unknown;
    for (const auto &entry : std::filesystem::directory_iterator(folder_ + "/fields"))
      if (known.count("fields/" + entry.path().filename().string()) == 0)
        unknown.push_back(entry.path());
    for (const auto &path : unknown)
      std::filesystem::remove(path);
  });
  if (!times_and_files_.empty())
    write_pvd(communicator);
}

#define INSTANTIATE(dim)                                                                           \
  template void FieldWriter::write(const DensitySpace<dim> &, const Model &, const PETScVector &,  \
                                   double, double, const std::vector<NamedRatio> &);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
