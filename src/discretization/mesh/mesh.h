// The mesh of the domain: p4est's forest in 2D and 3D, a shared triangulation in 1D.
#pragma once

#include "discretization/forward.h"
#include "model/domain/domain.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

namespace lowland
{
/// A hierarchically refined mesh of intervals, quadrilaterals or hexahedra.
template <int dim>
class Mesh
{
public:
  /// Meshes `domain` coarsely. The root cells of a box have sides in proportion to `scale`, the
  /// lengths over which the density varies along each axis. Throws InputError, on all ranks, for a
  /// mesh file that cannot be used.
  Mesh(const Domain &domain, const Coordinates &scale, MPI_Comm communicator);
  ~Mesh();

  MPI_Comm communicator() const { return communicator_; }
  const Walls &walls() const { return domain_.walls; }
  /// Whether a cell with this centre belongs to the region that absorbs: what absorbs is made of whole
  /// cells, and its rim is a staircase.
  bool absorbs(const dealii::Point<dim, double> &centre) const;
  /// Which of the parts() of the walls absorbs at this side of a cell, from an iterator; empty where nothing does.
  template <typename Cell>
  std::optional<unsigned int> exit_at(const Cell &cell, unsigned int side) const;
  dealii::Triangulation<dim, dim> &triangulation() { return *triangulation_; }
  const dealii::Triangulation<dim, dim> &triangulation() const { return *triangulation_; }
  /// From the reference cell to the mesh's cells: curved in a ball, multilinear else.
  const dealii::Mapping<dim, dim> &mapping() const { return *mapping_; }
  /// Gauss' rule with n points along each axis, and K/2 more where the radius of K parameters changes, so that its
  /// measure r^(K-1) costs none of the order. With fewer, the cells at r = 0 have modes that no point sees.
  dealii::Quadrature<dim> gauss(unsigned int n) const;
  /// The same on the sides of cells.
  dealii::Quadrature<dim - 1> gauss_on_sides(unsigned int n) const;

  void refine_uniformly(unsigned int times);
  /// Refines every cell that comes closer to a point than its own size and is larger than `size` there, but for
  /// cells of the deepest level.
  void refine_around(const std::vector<Coordinates> &points, const std::vector<double> &sizes,
                     unsigned int deepest);
  /// The diameter of the smallest cell whose centre is closer to the point than that; infinity where none
  /// is. Collective.
  double smallest_cell_at(const Coordinates &point) const;
  /// Refines the cells that the rim of the region that absorbs cuts down to `size`. On a line its points
  /// become vertices.
  void refine_rim(double size, unsigned int deepest);
  /// On a line, moves the inner vertex nearest to each point onto it; else does nothing. The cells there must be
  /// small beside the distances between the points.
  void move_vertices_to(const std::vector<Coordinates> &points);
  std::size_t n_cells() const;
  /// The longest side of the bounding box.
  double width() const;
  /// The bounding box, cut to the ball or the file's root cells; not to be used beyond this mesh.
  SearchRegion search_region() const;

private:
  MPI_Comm communicator_;
  Domain domain_;
  std::unique_ptr<dealii::Triangulation<dim, dim>> triangulation_;
  std::unique_ptr<dealii::Mapping<dim, dim>> mapping_;
};

/// Whether the domain ends at this side of a cell, from an iterator: sides that are glued together lie inside.
template <typename Cell>
bool is_at_boundary(const Cell &cell, unsigned int side)
{
  return cell->at_boundary(side) && !cell->has_periodic_neighbor(side);
}

template <int dim>
template <typename Cell>
std::optional<unsigned int> Mesh<dim>::exit_at(const Cell &cell, unsigned int side) const
{
  if (!is_at_boundary(cell, side))
    return {};
  return walls().part_of_side(cell->face(side)->boundary_id());
}

/// The widest side of the box around a cell, from an iterator.
template <typename Cell>
double widest_side(const Cell &cell)
{
  const auto box = cell->bounding_box();
  double width = 0;
  for (unsigned int i = 0; i < cell->dimension; ++i)
    width = std::max(width, box.side_length(i));
  return width;
}
} // namespace lowland
