#include "model/search/sampled_loss.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace lowland
{
namespace
{
/// The loss on a grid: both ends of each side of a box and n points between them, n even. They lie off the points of
/// symmetry, where a search for minima may end at a maximum, but symmetrically, as a symmetric loss wants its minima.
class SampledLoss
{
public:
  SampledLoss(const Landscape &landscape, const SearchRegion &box, unsigned int n)
      : box_(box), dimension_(landscape.dimension()), per_side_(n + 2)
  {
    const std::size_t total = std::lround(std::pow(per_side_, dimension_));
    points_.resize(dimension_, total);
    for (std::size_t k = 0; k < total; ++k)
      for (unsigned int i = 0; i < dimension_; ++i)
        points_.x[i][k] = coordinate(i, position(k, i));
    LandscapeValues values;
    landscape.evaluate(points_, Derivatives::none, values);
    loss_ = values.loss;
    for (std::size_t k = 0; k < total; ++k)
      if (!std::isfinite(loss_[k]) || (box.contains && !box.contains(points_[k])))
        loss_[k] = std::numeric_limits<double>::infinity();
  }

  /// Whether the loss is the same at all points.
  bool is_constant() const
  {
    double first = std::numeric_limits<double>::infinity();
    for (const double loss : loss_)
      if (!std::isfinite(first))
        first = loss;
      else if (std::isfinite(loss) && loss != first)
        return false;
    return std::isfinite(first);
  }

  /// The points with no lower neighbour, also across corners; of neighbours with the same loss one.
  std::vector<SearchStart> minima() const
  {
    std::vector<SearchStart> lowest;
    for (std::size_t k = 0; k < loss_.size(); ++k)
      if (std::isfinite(loss_[k]) && is_lowest(k))
        lowest.push_back(start_at(k));
    return lowest;
  }

private:
  unsigned int position(std::size_t k, unsigned int axis) const
  {
    for (unsigned int i = 0; i < axis; ++i)
      k /= per_side_;
    return k % per_side_;
  }

  double coordinate(unsigned int axis, unsigned int position) const
  {
    constexpr double off_centre[] = {0.47, 0.44, 0.46};
    const unsigned int from_end = std::min(position, per_side_ - 1 - position);
    const double part = from_end == 0 ? 0 : (from_end - 1 + off_centre[axis]) / (per_side_ - 2);
    const double way = part * (box_.upper[axis] - box_.lower[axis]);
    return from_end == position ? box_.lower[axis] + way : box_.upper[axis] - way;
  }

  /// The cells around it reach from neighbour to neighbour, and as far beyond an end of a side.
  SearchStart start_at(std::size_t k) const
  {
    SearchStart start{points_[k], {}};
    for (unsigned int i = 0; i < dimension_; ++i)
    {
      const unsigned int p = position(k, i), last = per_side_ - 1;
      const double x = start.point[i];
      const double before = p > 0 ? x - coordinate(i, p - 1) : coordinate(i, 1) - x;
      const double after = p < last ? coordinate(i, p + 1) - x : before;
      start.cells.lower[i] = x - before;
      start.cells.upper[i] = x + after;
    }
    return start;
  }

  bool is_lowest(std::size_t k) const
  {
    for (unsigned int neighbour = 0; neighbour < std::lround(std::pow(3, dimension_)); ++neighbour)
    {
      std::size_t other = 0;
      bool inside = true;
      for (unsigned int i = 0, rest = neighbour, stride = 1; i < dimension_;
           ++i, rest /= 3, stride *= per_side_)
      {
        const unsigned int shifted = position(k, i) + rest % 3; // by 1 too much
        inside = inside && shifted >= 1 && shifted <= per_side_;
        other += (shifted - 1) * stride;
      }
      if (inside && std::make_pair(loss_[other], other) < std::make_pair(loss_[k], k))
        return false;
    }
    return true;
  }

  Box box_;
  unsigned int dimension_, per_side_;
  Points points_;
  std::vector<double> loss_;
};

/// The box shrunk by `factor` around `centre`, kept inside the box.
SearchRegion shrunk(const SearchRegion &box, const Coordinates &centre, double factor)
{
  SearchRegion smaller = box;
  for (unsigned int i = 0; i < 3; ++i)
  {
    const double half = factor * (box.upper[i] - box.lower[i]) / 2;
    smaller.lower[i] = std::clamp(centre[i] - half, box.lower[i], box.upper[i]);
    smaller.upper[i] = std::clamp(centre[i] + half, box.lower[i], box.upper[i]);
  }
  return smaller;
}
} // namespace

SearchStarts starts_in(const Landscape &landscape, const SearchRegion &region)
{
  constexpr unsigned int n_per_side[] = {0, 500, 60, 20}, n_in_smaller = 8;
  const unsigned int dimension = landscape.dimension();
  const Coordinates middle = middle_of(region, dimension);
  const SampledLoss sampled(landscape, region, n_per_side[dimension]);
  std::vector<SearchStart> starts = sampled.minima();
  for (double factor = 0.2; factor * width(region, dimension) > 1; factor *= 0.2)
    for (const Coordinates &centre : {middle, Coordinates{}})
      for (const SearchStart &start :
           SampledLoss(landscape, shrunk(region, centre, factor), n_in_smaller).minima())
        starts.push_back(start);
  return {starts, sampled.is_constant()};
}
} // namespace lowland
