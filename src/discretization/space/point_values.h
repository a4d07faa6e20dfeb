// Finite-element functions at points, and points of the mesh.
#pragma once

#include "discretization/space/density_space.h"
#include "model/points.h"

#include <memory>
#include <vector>

namespace lowland
{
/// u at a point of the domain, the same on all ranks.
template <int dim>
double value_at(const DensitySpace<dim> &space, const PETScVector &u, const Coordinates &point);

/// A function at any points, on a mesh all of whose cells belong to this rank.
template <int dim>
class PointValues
{
public:
  PointValues(const DensitySpace<dim> &space, const PETScVector &u);
  ~PointValues();

  /// u at the points; 0 beyond the mesh.
  void evaluate(const Points &points, std::vector<double> &values) const;
  /// The widest side of the smallest cell that holds one of the points; infinity beyond the mesh.
  double smallest_width(const Points &points) const;

private:
  struct Search;
  const DensitySpace<dim> &space_;
  std::vector<std::vector<double>> polynomials_;
  std::unique_ptr<Search> search_;
};

/// The nodes of a continuous `space` on walls that absorb and in the region that does, those this rank knows.
template <int dim>
std::vector<Coordinates> exit_points(const DensitySpace<dim> &space);
} // namespace lowland
