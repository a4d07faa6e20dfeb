// One VTU file, which all ranks write together.
#pragma once

#include "discretization/cell_model.h"

#include <limits>
#include <string>
#include <vector>

namespace dealii
{
template <int>
class DataPostprocessor;
} // namespace dealii

namespace lowland
{
/// A finite-element function with its ghosts, and what makes fields of it.
template <int dim>
struct VtuFunction
{
  const PETScVector &values;
  const dealii::DataPostprocessor<dim> &postprocessor;
};

/// Writes the functions, all on `dof_handler`, on patches of the degree of `space`. `time` and `cycle` go
/// into the file unless they are left out. Collective; throws OutputError on all ranks, also where
/// the disk is too full for it.
template <int dim>
void write_vtu(const DensitySpace<dim> &space, const dealii::DoFHandler<dim, dim> &dof_handler,
               const std::vector<VtuFunction<dim>> &functions, const std::string &file,
               double time = std::numeric_limits<double>::min(), unsigned int cycle = 0);

/// The coefficients of the model at the points of a patch.
template <typename PatchPoints>
ModelValues values_at(const Model &model, const PatchPoints &patch_points)
{
  Points points;
  copy_points(patch_points, model.dimension(), points);
  ModelValues values;
  model.evaluate(points, values);
  return values;
}
} // namespace lowland
