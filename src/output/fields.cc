#include "output/fields.h"

#include "discretization/form/flux.h"
#include "input/rank_0.h"
#include "output/log.h"
#include "output/run_folder.h"
#include "output/vtu.h"

#include <deal.II/base/data_out_base.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <set>
#include <sstream>

namespace lowland
{
using namespace dealii;

namespace
{
/// From u, and the u of further densities, to what users look at.
template <int dim>
class DensityFields : public VtuFields<dim>
{
public:
  DensityFields(std::vector<std::string> fields, double normalisation,
                const std::vector<NamedRatio> &others)
      : names_(std::move(fields)), log_normalisation_(std::log(normalisation)), others_(others)
  {
    if (std::isnan(normalisation))
      names_.erase(std::remove(names_.begin(), names_.end(), "ratio"), names_.end());
    else
      names_.push_back("invariant");
  }

  std::vector<VtuField> fields() const override
  {
    std::vector<VtuField> fields;
    for (const std::string &name : names_)
      fields.push_back({name == "log10-rho" ? "log10_rho" : name, name == "current",
                        name == "rho" || name == "invariant"});
    for (const NamedRatio &other : others_)
      fields.push_back({other.name, false, true});
    return fields;
  }

  void evaluate(const FunctionsAtPoint<dim> &at, std::vector<double> &numbers) const override
  {
    for (const std::string &name : names_)
      if (name == "current") // J = -w (D grad u + u g)
      {
        const Tensor<1, dim> current =
            -at.model.weight[at.q] * flux(at.model, at.q, at.u[0], at.gradients[0]);
        for (unsigned int a = 0; a < dim; ++a)
          numbers.push_back(current[a]);
      }
      else
        numbers.push_back(scalar(name, at));
    for (std::size_t k = 1; k < at.u.size(); ++k)
      numbers.push_back(at.model.weight[at.q] * at.u[k]);
  }

private:
  double scalar(const std::string &name, const FunctionsAtPoint<dim> &at) const
  {
    const double rho = at.model.weight[at.q] * at.u[0];
    if (name == "rho")
      return rho;
    if (name == "log10-rho")
      return std::max(-300.0, std::log10(std::abs(rho)));
    if (name == "loss")
      return at.model.landscape.loss[at.q];
    const double log_pi = at.model.log_relative_pi[at.q] - log_normalisation_;
    if (name == "invariant")
      return std::exp(log_pi);
    // rho/pi; 0 where pi underflows, for nothing can be said there.
    return log_pi < -600 ? 0 : rho * std::exp(-log_pi);
  }

  std::vector<std::string> names_; ///< as in `Output/Fields`
  const double log_normalisation_;
  const std::vector<NamedRatio> &others_;
};
} // namespace

FieldWriter::FieldWriter(std::string folder, std::vector<std::string> fields, double accuracy,
                         Log &log)
    : folder_(std::move(folder)), fields_(std::move(fields)), accuracy_(accuracy), log_(log)
{
}

template <int dim>
void FieldWriter::write(const DensitySpace<dim> &space, const Model &model, const PETScVector &u,
                        double normalisation, double time, const std::vector<NamedRatio> &others)
{
  if (fields_.empty())
    return;
  std::vector<const PETScVector *> functions = {&u};
  for (const NamedRatio &other : others)
    functions.push_back(&other.u);
  char file[64];
  std::snprintf(file, sizeof file, "fields/density_%04zu.vtu", times_and_files_.size());
  const double error =
      write_vtu<dim>(space, model, functions, DensityFields<dim>(fields_, normalisation, others),
                     accuracy_, folder_ + "/" + file, time, times_and_files_.size());
  warn(file, error);
  times_and_files_.emplace_back(time, file);
  write_pvd(space.communicator());
}

void FieldWriter::warn(const std::string &file, double error)
{
  if (warned_ || !(error > 10 * std::max(accuracy_, best_vtu_accuracy)))
    return;
  warned_ = true;
  log_.warn("between the nodes of " + file + " the fields are off by " + format(error, 2) +
            " of their size in L1, far more than the tolerance; the numbers in observables.csv " +
            "are not");
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
