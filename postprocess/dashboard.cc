// One page that a person reads at a glance.
#include "curves.h"
#include "map.h"
#include "numbers.h"
#include "pictures.h"
#include "title.h"
#include "volume.h"

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
using Grids = std::vector<vtkSmartPointer<vtkUnstructuredGrid>>;
const Field invariant_field = {"invariant", "invariant",           "invariant density π",
                               "π",         ColourMap::sequential, false};

std::string result_in_words(const RunFolder &run)
{
  std::string words;
  const auto add = [&](const char *name, const char *key)
  {
    if (const double value = run.number(key, NAN); !std::isnan(value))
      words += (words.empty() ? "" : "     ") + std::string(name) + " = " + pretty_number(value);
  };
  add("t", "time");
  add("E[f]", "expected_loss");
  add("∫|ρ−π|", "l1_to_invariant");
  add("spectral gap", "spectral_gap");
  add("decay rate", "decay_rate");
  return words;
}

Curve over_time(const RunFolder &run, const std::string &name, const std::string &label,
                const LineStyle &style)
{
  const Observable *time = run.observable("time"), *values = run.observable(name);
  if (!time || !values)
    return {};
  return {label, time->values, values->values, style};
}

std::vector<Curve> present(std::vector<Curve> curves)
{
  curves.erase(
      std::remove_if(curves.begin(), curves.end(), [](const Curve &c) { return c.x.empty(); }),
      curves.end());
  return curves;
}

// Curves over time in one panel; the axis of values is logarithmic if asked.
void draw_history(Page &page, const Box &plot, const std::vector<Curve> &curves, bool log,
                  const std::string &name, const Lettering &letters)
{
  if (curves.empty() || curves.front().x.size() < 2)
    return page.front().text("not recorded: " + name, plot.centre(),
                             {letters.tick, grey, false, Align::middle, Align::middle});
  const auto &times = curves.front().x;
  const Axis x{times.front(), std::max(times.back(), times.front() + 1e-12), false, "time t"};
  const auto [low, high] = range_of(curves, x, log);
  const Axis y = log ? log_axis(std::max(low, high * 1e-12), high, name)
                     : rounded_axis(low - 0.05 * (high - low), high + 0.05 * (high - low), name);
  Canvas canvas = page.panel(plot);
  draw_curves(canvas, x, y, curves);
  draw_frame(page.front(), plot, x, y, letters);
  if (curves.size() > 1)
    draw_legend(page.front(), plot, legend_of(curves), letters);
}

// Adds a dashed line with the slope of the known rate through the middle of the first curve.
std::vector<Curve> with_slope(const RunFolder &run, std::vector<Curve> curves)
{
  const double rate = run.number("spectral_gap", run.number("decay_rate", NAN));
  if (std::isnan(rate) || curves.empty() || curves.front().x.size() < 2)
    return curves;
  const Curve &first = curves.front();
  const std::size_t middle = first.x.size() / 2;
  Curve slope{"slope of rate " + rounded_number(rate), first.x, {}, {grey, 1.4, 1, true}};
  for (const double t : slope.x)
    slope.y.push_back(first.y[middle] * std::exp(-rate * (t - first.x[middle])));
  curves.push_back(slope);
  return curves;
}

void draw_distances(Page &page, const RunFolder &run, const Box &plot, const Lettering &letters)
{
  const auto curves = present(
      {over_time(run, "l1_to_invariant", "∫|ρ−π|", {colour_at(ColourMap::sequential, 0.2), 2.4}),
       over_time(run, "kl_to_invariant", "relative entropy",
                 {colour_at(ColourMap::sequential, 0.55), 2.4}),
       over_time(run, "chi2_to_invariant", "χ²", {orange, 2.4})});
  draw_history(page, plot, with_slope(run, curves), true, "distance to invariant density", letters);
}

void draw_expected_loss(Page &page, const RunFolder &run, const Box &plot, const Lettering &letters)
{
  draw_history(
      page, plot,
      present({over_time(run, "expected_loss", "", {colour_at(ColourMap::sequential, 0.2), 2.4})}),
      false, "expected loss E[f]", letters);
}

// A small picture: the density at one time, or the invariant density.
struct Snapshot
{
  std::string title;
  vtkSmartPointer<vtkUnstructuredGrid> grid;
  const Field *field;
  Box room;
};

void draw_snapshot_title(Page &page, const Box &plot, const Snapshot &snapshot,
                         const ColourScale &scale, const Lettering &letters)
{
  const TextStyle style{letters.label, black, true, Align::middle, Align::low};
  const std::string text = snapshot.title + " (max " + rounded_number(scale.upper) + ")";
  page.front().text(text_within(text, style, snapshot.room.width + 3 * letters.tick),
                    {plot.centre().x, plot.top() + 0.5 * letters.tick}, style);
}

// Divides `room` into a row of boxes with room for axes on the left and the bar on the right.
std::vector<Box> row_of_boxes(const Box &room, std::size_t n, double gap)
{
  std::vector<Box> boxes;
  const double width = (room.width - gap * (n - 1)) / n;
  for (std::size_t i = 0; i < n; ++i)
    boxes.push_back({room.left + i * (width + gap), room.bottom, width, room.height});
  return boxes;
}

// A narrow start would leave the later times dark on a common scale: each small picture has its own
// and names its maximum.
void draw_small_map(Page &page, const RunFolder &run, const Snapshot &snapshot, const Bounds &view,
                    const Lettering &letters)
{
  const MapPanel map = make_map(snapshot.grid, *snapshot.field, view, fit(view, snapshot.room));
  const ColourScale scale = scale_for(*snapshot.field, {map.surface});
  draw_map(page, map, *snapshot.field, scale, run.minima());
  draw_map_frame(page, map, letters);
  draw_snapshot_title(page, map.plot, snapshot, scale, letters);
}

void draw_small_volume(Page &page, const RunFolder &run, const Snapshot &snapshot,
                       const Bounds &view, const Lettering &letters)
{
  const auto volume = make_volume(snapshot.grid, *snapshot.field, view, snapshot.room.width);
  const ColourScale scale = scale_for(*snapshot.field, {volume});
  const double around = 3 * letters.tick; // a scene keeps room for its labels itself
  const Box &room = snapshot.room;
  draw_volume(
      page,
      {room.left - around, room.bottom - around, room.width + 2 * around, room.height + around},
      volume, view, scale, run.minima(), letters);
  draw_snapshot_title(page, room, snapshot, scale, letters);
}

void draw_curve_page(Page &page, const Grids &grids, const std::vector<std::size_t> &indices,
                     const RunFolder &run, const Box &room, const Lettering &letters)
{
  const Bounds view = view_of(grids, 1);
  std::vector<double> times;
  for (const std::size_t index : indices)
    times.push_back(run.times()[index]);
  const Field &rho = field_named("rho");
  const auto curves = time_curves(grids, times, rho, view, room.width / (view[0][1] - view[0][0]));
  draw_curve_panel(page, {room.left, room.bottom, room.width - 4 * letters.tick, room.height}, view,
                   rho, curves, curves, grids.back(), letters);
}

// The page's cells: a row above, a row below.
struct Layout
{
  Box above, below;
};

Layout lay_out(const Page &page, double top, const Lettering &letters)
{
  const double left = 6 * letters.tick, right = 2.5 * letters.tick, labels = 4.5 * letters.tick,
               title = 3 * letters.tick;
  const double height = top / 2 - labels - title;
  const Box below{left, labels, page.width() - left - right, height};
  return {{left, below.top() + title + labels, below.width, height}, below};
}

// Four small pictures above; the invariant density in the first place of the row below, whose rest
// is returned.
Box draw_snapshots(Page &page, const RunFolder &run, const Grids &grids,
                   const std::vector<std::size_t> &indices, const Layout &layout,
                   const Lettering &letters)
{
  const double gap = 5 * letters.tick;
  const auto above = row_of_boxes(layout.above, 4, gap), below = row_of_boxes(layout.below, 4, gap);
  const Field rho = field_named("rho");
  std::vector<Snapshot> all;
  for (std::size_t i = 0; i < grids.size(); ++i)
    all.push_back({"ρ at t = " + pretty_number(run.times()[indices[i]]), grids[i], &rho, above[i]});
  if (has_field(grids.back(), "invariant"))
    all.push_back({"invariant π", grids.back(), &invariant_field, below[0]});
  const Bounds view = view_of(grids, run.dimension());
  for (const auto &snapshot : all)
    (run.dimension() == 2 ? draw_small_map : draw_small_volume)(page, run, snapshot, view, letters);
  if (all.size() == grids.size())
    return layout.below;
  const double left = below[1].left + letters.tick;
  return {left, layout.below.bottom, layout.below.right() - left, layout.below.height};
}
} // namespace

void write_dashboard(const RunFolder &run, const PictureRequest &request, const std::string &file)
{
  Page page(request.width, request.height);
  Lettering letters = lettering_for(request.width, request.height);
  letters = {letters.title, letters.label * 0.85, letters.tick * 0.85};
  const double top = draw_title(page, describe(run), result_in_words(run), letters);
  const auto indices = spread_times(run, 4);
  Grids grids;
  for (const std::size_t index : indices)
    grids.push_back(run.load(index));
  const Layout layout = lay_out(page, top, letters);
  Box rest = layout.below;
  if (run.dimension() == 1)
    draw_curve_page(page, grids, indices, run, layout.above, letters);
  else
    rest = draw_snapshots(page, run, grids, indices, layout, letters);
  rest.height -= letters.tick; // for the legend
  const auto plots = row_of_boxes(rest, 2, 7 * letters.tick);
  draw_distances(page, run, plots[0], letters);
  draw_expected_loss(page, run, plots[1], letters);
  page.write(file);
}
} // namespace lowland
