#include "axes.h"

#include "numbers.h"

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
constexpr double tick_length = 5, tick_gap = 4;

// 1, 2 or 5 times a power of ten, so that `range` holds about `wanted` steps.
double round_step(double range, int wanted)
{
  const double raw = range / std::max(1, wanted);
  const double unit = std::pow(10., std::floor(std::log10(raw)));
  for (const double factor : {1., 2., 5.})
    if (factor * unit >= raw * 0.8)
      return factor * unit;
  return 10 * unit;
}

std::vector<Tick> powers_of_ten(double lower, double upper, int wanted)
{
  const int first = static_cast<int>(std::ceil(lower - 1e-9)),
            last = static_cast<int>(std::floor(upper + 1e-9));
  const int stride = std::max(1, static_cast<int>(std::ceil(double(last - first + 1) / wanted)));
  std::vector<Tick> ticks;
  for (int e = last; e >= first; e -= stride)
    ticks.insert(ticks.begin(), {double(e), e == 0 ? "1" : e == 1 ? "10" : power_of_ten(e)});
  return ticks;
}

double widest(const std::vector<Tick> &ticks, const TextStyle &style)
{
  double width = 0;
  for (const auto &tick : ticks)
    width = std::max(width, text_extent(tick.label, style).x);
  return width;
}

void draw_horizontal_axis(Canvas &canvas, const Box &plot, const Axis &axis,
                          const Lettering &letters)
{
  TextStyle style{letters.tick, black, false, Align::middle, Align::high};
  for (const auto &tick :
       axis.ticks(std::min(9, static_cast<int>(plot.width / (letters.tick * 5)))))
  {
    const double x = plot.left + axis.position(tick.value, plot.width);
    canvas.line({{x, plot.bottom - tick_length}, {x, plot.bottom}});
    canvas.text(tick.label, {x, plot.bottom - tick_length - tick_gap}, style);
  }
  style.size = letters.label;
  canvas.text(axis.name,
              {plot.centre().x, plot.bottom - tick_length - 2 * tick_gap - letters.tick * 1.3},
              style);
}

// `side` is -1 for the left, +1 for the right.
void draw_vertical_axis(Canvas &canvas, const Box &plot, const Axis &axis, const Lettering &letters,
                        int side, const Colour &colour)
{
  const Align away = side < 0 ? Align::high : Align::low;
  const double edge = side < 0 ? plot.left : plot.right();
  TextStyle style{letters.tick, colour, false, away, Align::middle};
  const auto ticks = axis.ticks(std::min(9, static_cast<int>(plot.height / (letters.tick * 3.2))));
  for (const auto &tick : ticks)
  {
    const double y = plot.bottom + axis.position(tick.value, plot.height);
    canvas.line({{edge, y}, {edge + side * tick_length, y}}, {colour});
    canvas.text(tick.label, {edge + side * (tick_length + tick_gap), y}, style);
  }
  const double name_at = edge + side * (tick_length + 3 * tick_gap + widest(ticks, style));
  canvas.text(axis.name, {name_at, plot.centre().y},
              {letters.label, colour, false, away, Align::middle, true});
}

Polyline outline(const Box &box)
{
  return {{box.left, box.bottom},
          {box.right(), box.bottom},
          {box.right(), box.top()},
          {box.left, box.top()},
          {box.left, box.bottom}};
}
} // namespace

double Axis::position(double value, double length) const
{
  if (log)
    return length * (std::log10(value) - std::log10(lower)) /
           (std::log10(upper) - std::log10(lower));
  return length * (value - lower) / (upper - lower);
}

std::vector<Tick> Axis::ticks(int wanted) const
{
  std::vector<Tick> ticks;
  if (log)
  {
    ticks = powers_of_ten(std::log10(lower), std::log10(upper), std::max(2, wanted));
    for (auto &tick : ticks)
      tick.value = std::pow(10., tick.value);
    return ticks;
  }
  const double step = round_step(upper - lower, std::max(2, wanted));
  for (double k = std::ceil(lower / step - 1e-9); k * step <= upper + 1e-9 * step; ++k)
    ticks.push_back({k * step, pretty_number(k == 0 ? 0. : k * step)});
  return ticks;
}

Axis rounded_axis(double lower, double upper, const std::string &name)
{
  if (!(upper > lower))
    upper = lower + std::max(1e-12, std::abs(lower) * 0.1);
  const double step = round_step(upper - lower, 8);
  return {std::floor(lower / step + 1e-9) * step, std::ceil(upper / step - 1e-9) * step, false,
          name};
}

Axis log_axis(double lower, double upper, const std::string &name)
{
  double first = std::floor(std::log10(lower)), last = std::ceil(std::log10(upper));
  if (last <= first)
    last = first + 1;
  return {std::pow(10., first), std::pow(10., last), true, name};
}

Lettering lettering_for(int width, int height)
{
  const double unit = std::min(width / 1000., height / 800.);
  const auto size = [&](double wanted) { return std::max(9., wanted * unit); };
  return {size(21), size(18), size(15)};
}

void draw_frame(Canvas &canvas, const Box &plot, const Axis &x, const Axis &y,
                const Lettering &letters)
{
  draw_horizontal_axis(canvas, plot, x, letters);
  draw_vertical_axis(canvas, plot, y, letters, -1, black);
  canvas.line(outline(plot));
}

double room_for_labels(const Axis &y, double height, const Lettering &letters)
{
  const auto ticks = y.ticks(std::min(9, static_cast<int>(height / (letters.tick * 3.2))));
  return tick_length + 4 * tick_gap + widest(ticks, {letters.tick}) + 1.4 * letters.label;
}

void draw_right_axis(Canvas &canvas, const Box &plot, const Axis &y, const Lettering &letters,
                     const Colour &colour)
{
  draw_vertical_axis(canvas, plot, y, letters, +1, colour);
}

void draw_colour_bar(Canvas &canvas, const Box &bar, const ColourScale &scale,
                     const std::string &name, const Lettering &letters)
{
  constexpr int n_steps = 256;
  for (int i = 0; i < n_steps; ++i)
  {
    const double low = bar.height * i / n_steps, high = bar.height * (i + 1) / n_steps;
    canvas.fill({bar.left, bar.bottom + low, bar.width, high - low},
                colour_at(scale.map, (i + 0.5) / n_steps));
  }
  const int wanted = std::min(9, static_cast<int>(bar.height / (letters.tick * 3.2)));
  const auto ticks = scale.log ? powers_of_ten(scale.lower, scale.upper, wanted)
                               : Axis{scale.lower, scale.upper, false, ""}.ticks(wanted);
  for (const auto &tick : ticks)
  {
    const double y =
        bar.bottom + bar.height * (tick.value - scale.lower) / (scale.upper - scale.lower);
    canvas.line({{bar.right(), y}, {bar.right() + tick_length, y}});
    canvas.text(tick.label, {bar.right() + tick_length + tick_gap, y},
                {letters.tick, black, false, Align::low, Align::middle});
  }
  canvas.line(outline(bar));
  canvas.text(name, {bar.left, bar.top() + 2 * tick_gap}, {letters.label});
}

namespace
{
double width_of(const LegendEntry &entry, const TextStyle &style)
{
  return text_extent(entry.text, style).x + 3.6 * style.size;
}

// As many entries in a row as fit, the first row first.
std::vector<std::vector<LegendEntry>> rows_of(const std::vector<LegendEntry> &entries,
                                              const TextStyle &style, double width)
{
  std::vector<std::vector<LegendEntry>> rows(1);
  double used = 0;
  for (const auto &entry : entries)
  {
    const double wanted = width_of(entry, style);
    if (used + wanted > width && !rows.back().empty())
    {
      rows.emplace_back();
      used = 0;
    }
    rows.back().push_back(entry);
    used += wanted;
  }
  return rows;
}
} // namespace

void draw_legend(Canvas &canvas, const Box &plot, const std::vector<LegendEntry> &entries,
                 const Lettering &letters)
{
  constexpr std::size_t most_rows = 2;
  TextStyle style{letters.tick, black, false, Align::low, Align::middle};
  while (rows_of(entries, style, plot.width).size() > most_rows && style.size > 6)
    style.size *= 0.95;
  const auto rows = rows_of(entries, style, plot.width);
  const double sample = 1.8 * style.size, gap = 0.5 * style.size;
  double y = plot.top() + (1.1 + 1.4 * (rows.size() - 1)) * letters.tick;
  for (const auto &row : rows)
  {
    double x = plot.right() + style.size;
    for (const auto &entry : row)
      x -= width_of(entry, style);
    for (const auto &entry : row)
    {
      canvas.line({{x, y}, {x + sample, y}}, entry.line);
      canvas.text(entry.text, {x + sample + gap, y}, style);
      x += width_of(entry, style);
    }
    y -= 1.4 * letters.tick;
  }
}
} // namespace lowland
