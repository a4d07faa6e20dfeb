// The change to the mesh of the marked cells, with the solution carried along.
#pragma once

#include "discretization/space/density_space.h"
#include "model/model.h"

namespace lowland
{
/// Refines and coarsens the marked cells (cell_marking.h) and carries the cells' polynomials of u along: unchanged onto
/// children, by L2(w) projection, which conserves mass, onto parents.
template <int dim>
std::vector<std::vector<double>> change_mesh(Mesh<dim> &mesh, const DensitySpace<dim> &space,
                                             const Model &model,
                                             const std::vector<std::vector<double>> &polynomials);
} // namespace lowland
