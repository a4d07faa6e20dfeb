#include "output/nodal_field.h"

#include "output/vtu.h"

#include <deal.II/dofs/dof_handler.h>
#include <deal.II/lac/petsc_vector.h>
#include <deal.II/numerics/data_postprocessor.h>

namespace lowland
{
using namespace dealii;

namespace
{
template <int dim>
class NodalField : public DataPostprocessorScalar<dim>
{
public:
  explicit NodalField(const std::string &name) : DataPostprocessorScalar<dim>(name, update_values)
  {
  }

  void evaluate_scalar_field(const DataPostprocessorInputs::Scalar<dim> &inputs,
                             std::vector<Vector<double>> &results) const override
  {
    for (std::size_t q = 0; q < results.size(); ++q)
      results[q](0) = inputs.solution_values[q];
  }
};
} // namespace

template <int dim>
void write_nodal_field(const DensitySpace<dim> &space, const PETScVector &u,
                       const std::string &name, const std::string &file)
{
  const NodalField<dim> postprocessor(name);
  const PETScVector values = space.ghosted(u);
  write_vtu<dim>(space, space.dof_handler(), {{values, postprocessor}}, file);
}

template void write_nodal_field(const DensitySpace<1> &, const PETScVector &, const std::string &,
                                const std::string &);
template void write_nodal_field(const DensitySpace<2> &, const PETScVector &, const std::string &,
                                const std::string &);
template void write_nodal_field(const DensitySpace<3> &, const PETScVector &, const std::string &,
                                const std::string &);
} // namespace lowland
