// A finite-element function as a field of its own, for ParaView.
#pragma once

#include "discretization/space/density_space.h"
#include "model/model.h"

#include <string>

namespace lowland
{
/// Writes u, as it is, under this name to one VTU file, as accurately as write_vtu says. Collective; throws
/// OutputError.
template <int dim>
void write_nodal_field(const DensitySpace<dim> &space, const Model &model, const PETScVector &u,
                       const std::string &name, double accuracy, const std::string &file);
} // namespace lowland
