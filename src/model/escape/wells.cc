#include "model/escape/wells.h"

#include <deal.II/base/quadrature_lib.h>
#include <deal.II/base/tensor.h>

#include <boost/math/tools/minima.hpp>

#include <cmath>

namespace lowland
{
namespace
{
using dealii::Tensor;

/// A radius below this is that of the axis.
constexpr double hardly_0 = 1e-6;

/// The curvature of f along the axis i.
double curvature_along(unsigned int i, const Well &well)
{
  double sum = 0;
  for (unsigned int k = 0; k < well.dimension; ++k)
    sum += well.loss.curvatures[k] * std::pow(well.loss.directions[k][i], 2);
  return sum;
}

/// Beyond a minimum at r = 0, the radius at which r^(K-1) pi is largest; 0 where there is none.
double fullest_radius(const Model &model, const Well &well)
{
  const unsigned int axis = well.dimension - 1;
  const double curvature = curvature_along(axis, well);
  if (!model.equilibrium || !(curvature > 0 && well.temperature > 0))
    return 0;
  const auto negative_log_mass = [&](double r) {
    Coordinates point = well.point;
    point[axis] = r;
    ModelValues values;
    model.evaluate(single_point(well.dimension, point), values);
    return -values.log_relative_pi[0] - (model.radial_dimension() - 1.0) * std::log(r);
  };
  // That of K = 2 and a parabola; of more parameters it lies beyond.
  double r = std::sqrt(well.temperature / curvature);
  for (unsigned int i = 0; i < 60 && negative_log_mass(2 * r) < negative_log_mass(r); ++i)
    r *= 2;
  return boost::math::tools::brent_find_minima(negative_log_mass, r / 2, 2 * r, 20).first;
}

/// The matrix B of {x : (x-x_a)^T B^-1 (x-x_a) <= 1}; 1 in the coordinates beyond the dimension.
Tensor<2, 3> shape(const Well &well)
{
  Tensor<2, 3> matrix;
  for (unsigned int i = well.dimension; i < 3; ++i)
    matrix[i][i] = 1;
  for (unsigned int k = 0; k < well.dimension; ++k)
    for (unsigned int i = 0; i < 3; ++i)
      for (unsigned int j = 0; j < 3; ++j)
        matrix[i][j] += well.level / well.loss.curvatures[k] * well.loss.directions[k][i] *
                        well.loss.directions[k][j];
  return matrix;
}
} // namespace

bool Well::contains(const Coordinates &x) const
{
  const Coordinates offset = along(x, -1, point);
  if (level == 0) // whatever the curvature, which at a wall may be negative
    return norm(offset) == 0;
  double sum = 0;
  for (unsigned int k = 0; k < dimension; ++k)
    sum += loss.curvatures[k] * std::pow(dot(loss.directions[k], offset), 2);
  return sum <= level * (1 + 1e-12); // the rim of a ball is a vertex of the mesh
}

double Well::smallest_radius() const
{
  return std::sqrt(level / loss.curvatures[dimension - 1]);
}

Well well_at(const Model &model, const Coordinates &point, double radius)
{
  Well well;
  well.dimension = model.dimension();
  well.point = point;
  well.loss = local_quadratic(model.landscape, point);
  ModelValues values;
  model.evaluate(single_point(well.dimension, point), values);
  for (unsigned int i = 0; i < well.dimension; ++i)
    well.temperature += values.diffusion.tensor[packed(i, i)][0] / well.dimension;
  const unsigned int last = well.dimension - 1;
  const bool is_at_radius_0 = model.radial_dimension() > 1 && point[last] < hardly_0;
  const bool is_middle_of_ball = is_at_radius_0 && well.loss.curvatures[0] > 0;
  well.level = well.dimension > 1 || is_middle_of_ball ? 2 * radius * well.temperature : 0;
  well.anchor = point;
  if (is_at_radius_0)
    well.anchor[last] = fullest_radius(model, well);
  return well;
}

double time_to_rim(const Model &model, const Well &ball)
{
  const unsigned int k = model.radial_dimension();
  const dealii::QGauss<1> outer(20), inner(20 + k / 2);
  // Along r the share s/r comes first as 1, and then at the points of the inner rule.
  Points points(1, inner.size() + 1);
  ModelValues values;
  double time = 0;
  for (unsigned int p = 0; p < outer.size(); ++p)
  {
    const double r = outer.point(p)[0] * ball.smallest_radius();
    points.x[0][0] = r;
    for (unsigned int q = 0; q < inner.size(); ++q)
      points.x[0][q + 1] = r * inner.point(q)[0];
    model.evaluate(points, values);
    double mean = 0;
    for (unsigned int q = 0; q < inner.size(); ++q)
      mean += inner.weight(q) * std::pow(inner.point(q)[0], k - 1.0) *
              std::exp(values.log_relative_pi[q + 1] - values.log_relative_pi[0]);
    time += outer.weight(p) * ball.smallest_radius() * r * mean / values.diffusion.tensor[0][0];
  }
  return time;
}

bool overlap(const Well &a, const Well &b)
{
  const Coordinates offset = along(b.point, -1, a.point);
  if (a.level == 0)
    return b.level == 0 ? norm(offset) == 0 : b.contains(a.point);
  if (b.level == 0)
    return a.contains(b.point);
  // Two ellipsoids are disjoint if and only if d^T (B_a/(1-s) + B_b/s)^-1 d > 1 for some s in (0, 1);
  // the left side is concave in s (Gilitschenski and Hanebeck, FUSION 2012).
  const Tensor<2, 3> shape_a = shape(a), shape_b = shape(b);
  const Tensor<1, 3> d({offset[0], offset[1], offset[2]});
  const auto negative_gap = [&](double s) {
    return -(d * (invert(shape_a / (1 - s) + shape_b / s) * d));
  };
  return boost::math::tools::brent_find_minima(negative_gap, 1e-9, 1 - 1e-9, 30).second >= -1;
}
} // namespace lowland
