#include "discretization/passages/reactive_paths.h"

#include "discretization/passages/process_form.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/petsc_vector.h>

namespace lowland
{
using namespace dealii;

namespace
{
/// Calls use(form, values) on each of this rank's cells on which the function, given with its ghosts, is not zero, with
/// the form at the cell and the function's values there.
template <int dim, typename Use>
void for_cells_of(const PETScVector &function, const DensitySpace<dim> &space, const Model &model,
                  const Use &use)
{
  ProcessForm<dim> form(space, model, Process::general);
  for (const auto &cell : space.dof_handler().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell->get_dof_indices(form.indices);
      const Vector<double> values = form.local_values(function);
      if (values.all_zero())
        continue;
      form.reinit(cell);
      use(form, values);
    }
}
} // namespace

template <int dim>
ReactivePaths<dim>::ReactivePaths(const DensitySpace<dim> &space, const Model &model,
                                  const std::vector<Well> &wells, const SolverSettings &settings)
    : FirstPassage<dim>(space, model, wells, std::vector<Pin>(wells.size(), Pin::set), Exits::apart,
                        settings, Process::general)
{
}

template <int dim>
double ReactivePaths<dim>::flux(const PETScVector &u, std::size_t i, const PETScVector &h) const
{
  const PETScVector function = this->space_.ghosted(h);
  double sum = 0;
  for_cells_of(this->sets_.restricted(u, i), this->space_, this->model_,
               [&](const ProcessForm<dim> &form, const Vector<double> &density) {
                 Vector<double> residual(density.size());
                 form.matrix.vmult(residual, form.local_values(function));
                 sum -= density * residual;
               });
  return Utilities::MPI::sum(sum, this->space_.communicator());
}

template <int dim>
double ReactivePaths<dim>::mass(const PETScVector &u, std::size_t i) const
{
  double sum = 0;
  for_cells_of(this->sets_.restricted(u, i), this->space_, this->model_,
               [&](const ProcessForm<dim> &form, const Vector<double> &density) {
                 sum += form.integral(density);
               });
  return Utilities::MPI::sum(sum, this->space_.communicator());
}

template <int dim>
PETScVector ReactivePaths<dim>::last_in(std::size_t i, const PETScVector &u) const
{
  const PETScVector on_set = this->sets_.restricted(u, i);
  PETScVector right_hand_side = this->space_.vector();
  for_cells_of(on_set, this->space_, this->model_,
               [&](const ProcessForm<dim> &form, const Vector<double> &fixed) {
                 Vector<double> load(fixed.size());
                 form.matrix.Tvmult(load, fixed);
                 load *= -1;
                 this->sets_.constraints().distribute_local_to_global(load, form.indices,
                                                                      right_hand_side);
               });
  return this->extension(on_set, right_hand_side, FirstPassage<dim>::Side::forward);
}

template class ReactivePaths<1>;
template class ReactivePaths<2>;
template class ReactivePaths<3>;
} // namespace lowland
