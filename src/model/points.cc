#include "model/points.h"

#include <algorithm>
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

double width(const Box &box, unsigned int dimension)
{
  double widest = 0;
  for (unsigned int i = 0; i < dimension; ++i)
    widest = std::max(widest, box.upper[i] - box.lower[i]);
  return widest;
}

Coordinates middle_of(const Box &box, unsigned int dimension)
{
  Coordinates middle{};
  for (unsigned int i = 0; i < dimension; ++i)
    middle[i] = (box.lower[i] + box.upper[i]) / 2;
  return middle;
}

void widen(Box &box, unsigned int i, double lower, double upper)
{
  box.lower[i] = std::min(box.lower[i], lower);
  box.upper[i] = std::max(box.upper[i], upper);
}

Points single_point(unsigned int dimension, const Coordinates &point)
{
  Points points(dimension, 1);
  for (unsigned int i = 0; i < dimension; ++i)
    points.x[i][0] = point[i];
  return points;
}
} // namespace lowland
