#include "plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
std::array<double, 2> range_of(const std::vector<Curve> &curves, const Axis &x, bool positive)
{
  constexpr double far = std::numeric_limits<double>::max();
  std::array<double, 2> range{far, -far};
  for (const auto &curve : curves)
    for (std::size_t i = 0; i < curve.x.size(); ++i)
      if (curve.x[i] >= x.lower && curve.x[i] <= x.upper && std::isfinite(curve.y[i]) &&
          (!positive || curve.y[i] > 0))
      {
        range[0] = std::min(range[0], curve.y[i]);
        range[1] = std::max(range[1], curve.y[i]);
      }
  if (range[0] > range[1])
    return positive ? std::array<double, 2>{0.1, 1} : std::array<double, 2>{0, 1};
  return range;
}

void draw_curves(Canvas &canvas, const Axis &x, const Axis &y, const std::vector<Curve> &curves)
{
  const Box &plot = canvas.box();
  for (const auto &curve : curves)
  {
    std::vector<Polyline> parts(1);
    for (std::size_t i = 0; i < curve.x.size(); ++i)
    {
      const bool drawable = std::isfinite(curve.x[i]) && std::isfinite(curve.y[i]) &&
                            (!y.log || curve.y[i] > 0) && (!x.log || curve.x[i] > 0);
      if (drawable)
        parts.back().push_back(
            {x.position(curve.x[i], plot.width), y.position(curve.y[i], plot.height)});
      else if (!parts.back().empty())
        parts.emplace_back();
    }
    canvas.lines(parts, curve.style);
  }
}

std::vector<LegendEntry> legend_of(const std::vector<Curve> &curves)
{
  std::vector<LegendEntry> entries;
  for (const auto &curve : curves)
    if (!curve.name.empty())
      entries.push_back({curve.name, curve.style});
  return entries;
}
} // namespace lowland
