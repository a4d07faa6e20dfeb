// A finite-element function as a field of its own, for ParaView.
#pragma once

#include "discretization/density_space.h"

#include <string>

namespace lowland
{
/// Writes u, as it is, under this name to one VTU file. Collective; throws OutputError.
template <int dim>
void write_nodal_field(const DensitySpace<dim> &space, const PETScVector &u,
                       const std::string &name, const std::string &file);
} // namespace lowland
