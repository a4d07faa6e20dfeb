// Keeping rho >= 0 with discontinuous elements.
#pragma once

#include "discretization/cell_model.h"

namespace lowland
{
/// How a cell's polynomial must be scaled towards its mean to become non-negative.
struct CellLimit
{
  double mean = 0, scale = 1; ///< new value: mean + scale (value - mean)
  double moved = 0;           ///< L1 norm of the change; the mesh is refined where it is large
};
/// From the values at the quadrature points, their weights in the mass, and the lowest value anywhere on
/// the cell. A cell whose mean is negative becomes zero; the caller makes up for its mass.
CellLimit limit_of_cell(const std::vector<double> &values, const std::vector<double> &weights,
                        double lowest);

/// Scales u on each cell towards its w-mean until rho = w u is non-negative at all quadrature points and
/// nodes. The mass of every cell stays, but for those of negative mass, which become zero. Smooth positive
/// solutions lose no order (Zhang & Shu, J. Comput. Phys. 229 (2010) 3091, section 2.2).
/// Discontinuous elements only. Returns the L1 norm of the change on each cell, by active cell index.
template <int dim>
std::vector<double> limit_to_nonnegative(const DensitySpace<dim> &space, const Model &model,
                                         PETScVector &u);
} // namespace lowland
