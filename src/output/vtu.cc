#include "output/vtu.h"

#include "input/errors.h"
#include "input/rank_0.h"
#include "output/log.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/fe/mapping.h>
#include <deal.II/lac/petsc_vector.h>
#include <deal.II/numerics/data_out.h>
#include <deal.II/numerics/data_postprocessor.h>

#include <cmath>
#include <filesystem>

namespace lowland
{
using namespace dealii;

namespace
{
/// deal.II 9.4 writes no high-order lines: straight pieces of a cell, for each degree of its polynomial.
constexpr unsigned int pieces_in_1d = 8;

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
void write_vtu(const DensitySpace<dim> &space, const DoFHandler<dim> &dof_handler,
               const std::vector<VtuFunction<dim>> &functions, const std::string &file, double time,
               unsigned int cycle)
{
  PatchData<dim> data_out;
  DataOutBase::VtkFlags flags(time, cycle);
  flags.write_higher_order_cells = dim > 1; // deal.II 9.4 asserts in 1D
  flags.compression_level = DataOutBase::VtkFlags::best_speed;
  data_out.set_flags(flags);
  data_out.attach_dof_handler(dof_handler);
  for (const VtuFunction<dim> &function : functions)
    data_out.add_data_vector(function.values, function.postprocessor);
  data_out.build_patches(space.mesh().mapping(),
                         dim == 1 ? pieces_in_1d * space.degree() : space.degree(),
                         DataOut<dim>::curved_inner_cells);
  require_space(space.communicator(), file, bytes_at_most(data_out, space.communicator()));
  try
  {
    data_out.write_vtu_in_parallel(file, space.communicator());
  }
  catch (const ExceptionBase &)
  {
    throw OutputError("cannot write " + file);
  }
}

template void write_vtu(const DensitySpace<1> &, const DoFHandler<1> &,
                        const std::vector<VtuFunction<1>> &, const std::string &, double,
                        unsigned int);
template void write_vtu(const DensitySpace<2> &, const DoFHandler<2> &,
                        const std::vector<VtuFunction<2>> &, const std::string &, double,
                        unsigned int);
template void write_vtu(const DensitySpace<3> &, const DoFHandler<3> &,
                        const std::vector<VtuFunction<3>> &, const std::string &, double,
                        unsigned int);
} // namespace lowland
