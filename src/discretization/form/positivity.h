// Keeping rho >= 0 with discontinuous elements: first the masses of the cells, then the polynomials on them.
#pragma once

#include "discretization/form/cell_model.h"

namespace lowland
{
/// How a cell's polynomial is made non-negative: shifted to another mean, then scaled towards it.
struct CellLimit
{
  double before = 0, mean = 0, scale = 1; ///< new value: mean + scale (value - before)
  double moved = 0; ///< L1 norm of the change; the mesh is refined where it is large

  double operator()(double value) const { return mean + scale * (value - before); }
};
/// From the values at the quadrature points, their weights in the mass, and the lowest value anywhere on
/// the cell. `gain` is added to its mean; what would still be negative becomes zero.
CellLimit limit_of_cell(const std::vector<double> &values, const std::vector<double> &weights,
                        double lowest, double gain = 0);

/// Makes the masses of cells non-negative without changing their sum, by active cell index.
///
/// Flux-corrected transport with a discrete diffusion across the faces of negative cells as the monotone
/// scheme: each of these asks of its neighbours for what it lacks, in proportion to what they have, and the
/// fluxes are limited so that no neighbour gives more than it has (Zalesak, J. Comput. Phys. 31 (1979) 335;
/// Kuzmin & Turek, J. Comput. Phys. 175 (2002) 525). What they do not have is handed on to them as a lack of
/// their own. Only these cells and their neighbours change, unless mass is so far away that in the end all cells
/// must give the same part of theirs. Collective.
template <int dim>
void share_deficits(const Mesh<dim> &mesh, std::vector<double> &masses);

/// Makes rho = w u non-negative at all quadrature points and nodes: share_deficits() of the cells' masses,
/// then u is scaled on each cell towards its w-mean. Nothing is done where nothing is negative, and smooth
/// positive solutions lose no order (Zhang & Shu, J. Comput. Phys. 229 (2010) 3091, section 2.2).
/// Discontinuous elements only. Returns the L1 norm of the change on each cell, by active cell index.
template <int dim>
std::vector<double> limit_to_nonnegative(const DensitySpace<dim> &space, const Model &model,
                                         PETScVector &u);
} // namespace lowland
