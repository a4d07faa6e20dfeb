#include "output/vtu.h"

#include "input/errors.h"
#include "input/rank_0.h"
#include "output/log.h"
#include "output/vtu_patches.h"

#include <deal.II/base/data_out_base.h>
#include <deal.II/base/mpi.h>

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <utility>

namespace lowland
{
using namespace dealii;

namespace
{
/// Patches and their names for deal.II's writer.
template <int dim>
class PatchOutput : public DataOutInterface<dim>
{
public:
  PatchOutput(std::vector<DataOutBase::Patch<dim>> patches, const std::vector<VtuField> &fields)
      : patches_(std::move(patches))
  {
    for (const VtuField &field : fields)
    {
      const unsigned int first = names_.size(), n = field.is_vector ? dim : 1;
      names_.insert(names_.end(), n, field.name);
      if (field.is_vector)
        vectors_.emplace_back(first, first + n - 1, field.name,
                              DataComponentInterpretation::component_is_part_of_vector);
    }
  }

  const std::vector<DataOutBase::Patch<dim>> &get_patches() const override { return patches_; }
  std::vector<std::string> get_dataset_names() const override { return names_; }
  std::vector<std::tuple<unsigned int, unsigned int, std::string,
                         DataComponentInterpretation::DataComponentInterpretation>>
  get_nonscalar_data_ranges() const override
  {
    return vectors_;
  }

  /// An upper bound of the size of the file, over all ranks: 4 bytes a number, 12 a connectivity, base64;
  /// what zlib adds to data that it cannot compress is far below the rest.
  double bytes_at_most(MPI_Comm communicator) const
  {
    double n_points = 0;
    for (const auto &patch : patches_)
      n_points += patch.data.size(1);
    const double n_numbers = 6 + names_.size(); // vectors have 3 components
    return 5000.0 * (1 + Utilities::MPI::n_mpi_processes(communicator)) +
           Utilities::MPI::sum(n_points, communicator) * (4 * n_numbers + 12) * 4 / 3;
  }

private:
  std::vector<DataOutBase::Patch<dim>> patches_;
  std::vector<std::string> names_;
  std::vector<std::tuple<unsigned int, unsigned int, std::string,
                         DataComponentInterpretation::DataComponentInterpretation>>
      vectors_;
};

/// A rank that alone cannot write would leave the others waiting inside MPI: so ask before.
void require_space(MPI_Comm communicator, const std::string &file, double bytes)
{
  const std::string folder = std::filesystem::path(file).parent_path();
  on_rank_0(communicator, [&]() {
    std::error_code error;
    const auto space = std::filesystem::space(folder, error);
    if (!error && space.available < bytes)
      throw OutputError("cannot write " + folder + ": the next field file may need " +
                        format(bytes / 1e6, 3) + " MB, and " + format(space.available / 1e6, 3) +
                        " MB are free. Free some, or ask for fewer Output/Fields.");
  });
}
} // namespace

template <int dim>
double write_vtu(const DensitySpace<dim> &space, const Model &model,
                 const std::vector<const PETScVector *> &functions, const VtuFields<dim> &fields,
                 double accuracy, const std::string &file, double time, unsigned int cycle)
{
  auto [patches, error] =
      accurate_patches(space, model, functions, fields, std::max(accuracy, best_vtu_accuracy));
  PatchOutput<dim> output(std::move(patches), fields.fields());
  DataOutBase::VtkFlags flags(time, cycle);
  flags.write_higher_order_cells = dim > 1; // deal.II 9.4 asserts in 1D
  flags.compression_level = DataOutBase::VtkFlags::best_speed;
  output.set_flags(flags);
  require_space(space.communicator(), file, output.bytes_at_most(space.communicator()));
  try
  {
    output.write_vtu_in_parallel(file, space.communicator());
  }
  catch (const ExceptionBase &)
  {
    throw OutputError("cannot write " + file);
  }
  return error;
}

#define INSTANTIATE(dim)                                                                           \
  template double write_vtu(const DensitySpace<dim> &, const Model &,                              \
                            const std::vector<const PETScVector *> &, const VtuFields<dim> &,      \
                            double, const std::string &, double, unsigned int);
INSTANTIATE(1)
INSTANTIATE(2)
INSTANTIATE(3)
#undef INSTANTIATE
} // namespace lowland
