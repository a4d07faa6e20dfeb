#include "output/current.h"

#include "discretization/cell_model.h"
#include "discretization/flux.h"

#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_accessor.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/fe/fe_values.h>
#include <deal.II/grid/tria.h>
#include <deal.II/lac/petsc_vector.h>

namespace lowland
{
using namespace dealii;

template <int dim>
double current_size(const DensitySpace<dim> &space, const Model &model, const PETScVector &u)
{
  const PETScVector values = space.ghosted(u);
  CellModel<dim> cell_model(space, model, space.quadrature(), Derivatives::gradient, true);
  std::vector<double> at_points(space.quadrature().size());
  std::vector<Tensor<1, dim>> gradients(space.quadrature().size());
  double sum = 0;
  for (const auto &cell : space.dof_handler().active_cell_iterators())
    if (cell->is_locally_owned())
    {
      cell_model.reinit(cell);
      cell_model.fe().get_function_values(values, at_points);
      cell_model.fe().get_function_gradients(values, gradients);
      for (std::size_t q = 0; q < at_points.size(); ++q)
        sum += cell_model.weighted_measure[q] *
               flux(cell_model.values, q, at_points[q], gradients[q]).norm();
    }
  return Utilities::MPI::sum(sum, space.communicator());
}

template double current_size(const DensitySpace<1> &, const Model &, const PETScVector &);
template double current_size(const DensitySpace<2> &, const Model &, const PETScVector &);
template double current_size(const DensitySpace<3> &, const Model &, const PETScVector &);
} // namespace lowland
