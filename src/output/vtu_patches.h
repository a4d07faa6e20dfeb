// The cells of a VTU file: those of the mesh, halved where polynomials of its degree miss a field.
#pragma once

#include "output/vtu.h"

#include <deal.II/base/data_out_base.h>

#include <vector>

namespace lowland
{
/// The cells of this rank with the numbers of the fields at their nodes.
template <int dim>
struct VtuPatches
{
  std::vector<dealii::DataOutBase::Patch<dim>> patches;
  double error; ///< the largest relative one of a measured field, over all ranks
};

/// Halves cells until every measured field is within the accuracy, as write_vtu() has it. Collective.
template <int dim>
VtuPatches<dim> accurate_patches(const DensitySpace<dim> &space, const Model &model,
                                 const std::vector<const PETScVector *> &functions,
                                 const VtuFields<dim> &fields, double accuracy);
} // namespace lowland
