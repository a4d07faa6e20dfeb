// Which cells are to be refined and which coarsened, by their errors.
#pragma once

#include "discretization/adaptation/error_estimator.h"

namespace lowland
{
/// What marking would do to the number of cells.
struct MarkedCells
{
  std::size_t to_refine = 0;
  std::size_t to_coarsen = 0; ///< in families that are all marked
  std::size_t small =
      0; ///< whose error allows coarsening; most will only be ready once others are gone
};

/// Bounds that hold whatever the errors say.
struct MarkingLimits
{
  unsigned int deepest_level = 30;
  double log_weight_range = 1e300;  ///< refine where log w changes by more over a cell
  double weight_quadrature = 1e300; ///< refine until the quadrature errors of w sum up to less
};

/// Marks cells so that the errors, equally shared, add up to at most `target`: refines those above
/// their share, coarsens those whose parent would stay well below it. Thresholds are absolute and
/// the errors rounded, so that all numbers of ranks take the same meshes.
template <int dim>
MarkedCells mark_cells(DensitySpace<dim> &space, Mesh<dim> &mesh, const CellErrors &errors,
                       const WeightErrors &weight, double target, const MarkingLimits &limits);

/// Withdraws all marks to coarsen.
template <int dim>
void keep_all_cells(Mesh<dim> &mesh);
/// Withdraws all marks.
template <int dim>
void clear_marks(Mesh<dim> &mesh);

/// Refines, and coarsens nothing, by mark_cells(). Returns the number of cells that it refined.
template <int dim>
std::size_t refine_cells(DensitySpace<dim> &space, Mesh<dim> &mesh, const CellErrors &errors,
                         const WeightErrors &weight, double target, const MarkingLimits &limits);
} // namespace lowland
