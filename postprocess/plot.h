// Curves in a panel with axes.
#pragma once

#include "axes.h"

#include <string>
#include <vector>

namespace lowland
{
struct Curve
{
  std::string name; ///< for the legend; empty: not in it
  std::vector<double> x, y;
  LineStyle style;
};

/// The smallest and largest y of all curves with x in the axis' range; only positive ones if asked.
std::array<double, 2> range_of(const std::vector<Curve> &curves, const Axis &x,
                               bool positive = false);

/// Draws the curves on the canvas, which the axes span. Points that are not finite, or not positive
/// on a log axis, interrupt a curve.
void draw_curves(Canvas &canvas, const Axis &x, const Axis &y, const std::vector<Curve> &curves);

/// The legend entries of the curves that have names.
std::vector<LegendEntry> legend_of(const std::vector<Curve> &curves);
} // namespace lowland
