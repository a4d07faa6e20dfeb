// Cells in equal parts, for integrals of what jumps inside of them.
#pragma once

#include <deal.II/base/quadrature_lib.h>

namespace lowland
{
/// A cell is cut into `per_axis` parts along each axis. Parts and points are counted along x first.
template <int dim>
class CellParts
{
public:
  static constexpr unsigned int per_axis = dim == 1 ? 512 : dim == 2 ? 8 : 2;

  /// Gauss' rule with `n_points` points along each axis on every part.
  explicit CellParts(unsigned int n_points) : n_points_(n_points) {}

  dealii::Quadrature<dim> rule() const
  {
    return dealii::QIterated<dim>(dealii::QGauss<1>(n_points_), per_axis);
  }
  /// One point in the middle of each part.
  static dealii::Quadrature<dim> middles()
  {
    return dealii::QIterated<dim>(dealii::QMidpoint<1>(), per_axis);
  }
  /// The part that point q of the rule lies in.
  unsigned int part_of(unsigned int q) const
  {
    unsigned int part = 0;
    for (unsigned int i = 0, stride = 1; i < dim; ++i, stride *= per_axis)
    {
      part += stride * (q % (per_axis * n_points_) / n_points_);
      q /= per_axis * n_points_;
    }
    return part;
  }

private:
  unsigned int n_points_;
};
} // namespace lowland
