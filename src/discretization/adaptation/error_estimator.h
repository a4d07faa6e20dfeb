// How far the mesh is from resolving the start, the reference weight and the solution; all in the L1
// norm of the density, cell by cell.
#pragma once

#include "discretization/form/cell_model.h"
#include "model/initial_density.h"

namespace lowland
{
/// One number per active cell (zero on cells of other ranks).
using CellErrors = std::vector<double>;

/// Sum over the cells of all ranks.
template <int dim>
double total(const Mesh<dim> &mesh, const CellErrors &errors);

/// Estimated L1 error of the density that the cells' polynomials u stand for.
template <int dim>
CellErrors solution_errors(const DensitySpace<dim> &space, const Model &model,
                           const std::vector<std::vector<double>> &polynomials);

/// L1 distance of two densities on one mesh, given by their u in spaces of their own.
template <int dim>
double l1_distance(const DensitySpace<dim> &space, const PETScVector &u,
                   const DensitySpace<dim> &other_space, const PETScVector &other_u,
                   const Model &model);

/// L1 distance of the start from its best approximation on each cell, relative to the mass of the
/// start; large where a Gaussian of the start is narrower than a cell that contains much of it.
template <int dim>
CellErrors start_errors(const DensitySpace<dim> &space, const Model &model,
                        const InitialDensity &start);

/// What the reference weight, or with w = 1 the invariant density, asks of the mesh.
struct WeightErrors
{
  CellErrors
      quadrature; ///< error of the integral of w over the cell, relative to the whole integral
  CellErrors log_range; ///< by how much log w changes over the cell
};
template <int dim>
WeightErrors weight_errors(const DensitySpace<dim> &space, const Model &model);
} // namespace lowland
