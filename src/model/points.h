// Points of parameter space, one or many at once, their vector algebra, boxes, and the packing of symmetric matrices.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace lowland
{
/// One point of parameter space; components beyond the dimension are zero.
using Coordinates = std::array<double, 3>;

/// Where minima, wells or whatever else has a `point` are.
template <typename WithPoint>
std::vector<Coordinates> points_of(const std::vector<WithPoint> &list)
{
  std::vector<Coordinates> points;
  points.reserve(list.size());
  for (const WithPoint &entry : list)
    points.push_back(entry.point);
  return points;
}

/// The point with these components.
inline Coordinates coordinates(const std::vector<double> &components)
{
  Coordinates point{};
  for (std::size_t i = 0; i < components.size() && i < point.size(); ++i)
    point[i] = components[i];
  return point;
}

/// The unit vector along the axis i.
Coordinates axis(unsigned int i);
/// point + step * direction.
Coordinates along(const Coordinates &point, double step, const Coordinates &direction);
double norm(const Coordinates &x);
double distance(const Coordinates &a, const Coordinates &b);
double dot(const Coordinates &a, const Coordinates &b);

/// An axis-parallel box.
struct Box
{
  Coordinates lower{}, upper{};
};

/// The longest side.
double width(const Box &box, unsigned int dimension);
Coordinates middle_of(const Box &box, unsigned int dimension);
/// Lets the box hold this interval of axis i, too.
void widen(Box &box, unsigned int i, double lower, double upper);

/// One array per component (coordinate, gradient entry, matrix entry), each over all points.
using Components = std::vector<std::vector<double>>;

/// A batch of points theta in R^d, stored coordinate by coordinate.
struct Points
{
  Points() = default;
  Points(unsigned int dimension, std::size_t n) : x(dimension, std::vector<double>(n)) {}

  unsigned int dimension() const { return x.size(); }
  std::size_t size() const { return x.empty() ? 0 : x[0].size(); }
  void resize(unsigned int dimension, std::size_t n)
  {
    x.resize(dimension);
    for (auto &c : x)
      c.resize(n);
  }
  Coordinates operator[](std::size_t q) const
  {
    Coordinates p{};
    for (unsigned int i = 0; i < dimension(); ++i)
      p[i] = x[i][q];
    return p;
  }

  Components x; ///< x[i][q]: coordinate i of point q
};

/// A batch of one.
Points single_point(unsigned int dimension, const Coordinates &point);

/// Position of entry (i, j) of a symmetric d x d matrix in packed storage: xx, xy, yy, xz, yz, zz.
inline unsigned int packed(unsigned int i, unsigned int j)
{
  return i >= j ? i * (i + 1) / 2 + j : packed(j, i);
}

/// Position of entry (i, j, k) of a symmetric d x d x d tensor: xxx, yxx, yyx, yyy, zxx, zyx, ...
inline unsigned int packed(unsigned int i, unsigned int j, unsigned int k)
{
  if (i < j)
    return packed(j, i, k);
  return j < k ? packed(i, k, j) : i * (i + 1) * (i + 2) / 6 + packed(j, k);
}

/// Number of independent entries of a symmetric d x d matrix.
inline unsigned int n_packed(unsigned int d)
{
  return d * (d + 1) / 2;
}
} // namespace lowland
