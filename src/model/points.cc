#include "model/points.h"

#include <cmath>

namespace lowland
{
Coordinates axis(unsigned int i)
{
  Coordinates unit{};
  unit[i] = 1;
  return unit;
}

Coordinates along(const Coordinates &point, double step, const Coordinates &direction)
{
  Coordinates result = point;
  for (unsigned int i = 0; i < 3; ++i)
    result[i] += step * direction[i];
  return result;
}

double norm(const Coordinates &x)
{
  return std::hypot(x[0], x[1], x[2]);
}

double distance(const Coordinates &a, const Coordinates &b)
{
  return norm(along(a, -1, b));
}

double dot(const Coordinates &a, const Coordinates &b)
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Points single_point(unsigned int dimension, const Coordinates &point)
{
  Points points(dimension, 1);
  for (unsigned int i = 0; i < dimension; ++i)
    points.x[i][0] = point[i];
  return points;
}
} // namespace lowland
