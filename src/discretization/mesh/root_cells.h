// The root cells that a mesh is refined from: those of a box or a ball, or a file's. Every rank knows all of them.
#pragma once

#include "discretization/forward.h"
#include "model/domain/domain.h"

#include <memory>

namespace lowland
{
/// A coarse mesh of `domain`: p4est's forest in 2D and 3D, a shared triangulation in 1D. The cells of a box have sides in
/// proportion to `scale`, the lengths over which the density varies along each axis; on a line the kinks of the domain
/// are vertices. Throws InputError, on all ranks, for a mesh file that cannot be used.
template <int dim>
std::unique_ptr<dealii::Triangulation<dim, dim>>
root_cells(const Domain &domain, const Coordinates &scale, MPI_Comm communicator);

/// The bounding box.
template <int dim>
Box box_of_root_cells(const dealii::Triangulation<dim, dim> &triangulation);

/// The bounding box, cut to the cells and to what absorbs inside; not to be used beyond the triangulation.
template <int dim>
SearchRegion region_of_root_cells(const dealii::Triangulation<dim, dim> &triangulation,
                                  const Walls &walls);

/// The deepest level that the library can refine to.
constexpr unsigned int deepest_level(unsigned int dimension)
{
  return dimension == 1 ? 40 : dimension == 2 ? 28 : 17;
}
} // namespace lowland
