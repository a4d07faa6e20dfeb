// Scales, ticks, frames and colour bars.
#pragma once

#include "page.h"

#include <string>
#include <vector>

namespace lowland
{
struct Tick
{
  double value;
  std::string label;
};

/// Values laid out along a side of a panel.
struct Axis
{
  double lower = 0, upper = 1;
  bool log = false; ///< positions by the logarithm; both ends positive
  std::string name;

  /// Where `value` lies on an axis of `length` pixels.
  double position(double value, double length) const;
  /// About `wanted` round values with labels; on a log axis powers of ten.
  std::vector<Tick> ticks(int wanted) const;
};

/// The smallest linear axis with round ends that holds both values.
Axis rounded_axis(double lower, double upper, const std::string &name);
/// A log axis over whole powers of ten that holds both positive values.
Axis log_axis(double lower, double upper, const std::string &name);

/// Sizes of letters, all derived from the page so that small and large pictures look alike.
struct Lettering
{
  double title, label, tick;
};
Lettering lettering_for(int width, int height);

/// Frame, ticks, tick labels and names around `plot`. The labels need room outside of it.
void draw_frame(Canvas &canvas, const Box &plot, const Axis &x, const Axis &y,
                const Lettering &letters);
/// The width that the labels and the name of a vertical axis of about `height` pixels need.
double room_for_labels(const Axis &y, double height, const Lettering &letters);
/// A second vertical axis on the right side.
void draw_right_axis(Canvas &canvas, const Box &plot, const Axis &y, const Lettering &letters,
                     const Colour &colour);
/// A colour bar in `bar` with its ticks to the right and its name above.
void draw_colour_bar(Canvas &canvas, const Box &bar, const ColourScale &scale,
                     const std::string &name, const Lettering &letters);

struct LegendEntry
{
  std::string text;
  LineStyle line;
};
/// A legend in one or two rows above `plot`, where it hides no curve; it shrinks to fit into two.
void draw_legend(Canvas &canvas, const Box &plot, const std::vector<LegendEntry> &entries,
                 const Lettering &letters);
} // namespace lowland
