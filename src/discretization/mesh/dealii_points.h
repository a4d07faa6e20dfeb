// The model's points as deal.II's, and back.
#pragma once

#include "model/points.h"

#include <deal.II/base/point.h>

namespace lowland
{
template <int dim>
dealii::Point<dim> to_point(const Coordinates &x)
{
  dealii::Point<dim> point;
  for (unsigned int i = 0; i < dim; ++i)
    point[i] = x[i];
  return point;
}

template <int dim>
Coordinates to_coordinates(const dealii::Point<dim> &point)
{
  Coordinates x{};
  for (unsigned int i = 0; i < dim; ++i)
    x[i] = point[i];
  return x;
}

/// Copies deal.II's points into the model's arrays.
template <typename QuadraturePoints>
void copy_points(const QuadraturePoints &from, unsigned int dimension, Points &to)
{
  to.resize(dimension, from.size());
  for (std::size_t q = 0; q < from.size(); ++q)
    for (unsigned int i = 0; i < dimension; ++i)
      to.x[i][q] = from[q][i];
}
} // namespace lowland
