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
  const auto add = [&](const char *name, const char *key) {
    if (const double value = run.number(key, NAN); !std::isnan(value))
      words += (words.empty() ? "" : "     ") + std::string(name) + " = " + pretty_number(value);
  };
  add("t", "time");
  add("E[f]", "expected_loss");
  add("∫|ρ−π|", "l1_to_invariant");
  add("survival", "survival_probability");
  add("spectral gap", "spectral_gap");
  add("decay rate", "decay_rate");
  return words;
}

// "(−1, 0)".
std::string name_of(const MarkedPoint &minimum, int dimension)
{
  const double x[3] = {minimum.x, minimum.y, minimum.z};
  std::string name;
  for (int d = 0; d < dimension; ++d)
    name += (d ? ", " : "(") + rounded_number(std::abs(x[d]) < 1e-9 ? 0 : x[d]);
  return name + ")";
}

Colour colour_of(std::size_t k, std::size_t n)
{
  return k + 1 == n ? orange : colour_at(ColourMap::sequential, 0.2 + 0.6 * double(k) / n);
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
  curves.erase(std::remove_if(curves.begin(), curves.end(),
                              [](const Curve &c) {
                                return std::none_of(c.y.begin(), c.y.end(),
                                                    [](double y) { return std::isfinite(y); });
                              }),
               curves.end());
  return curves;
}

// One curve for a panel of its own, which the axis names.
std::vector<Curve> single_curve(const RunFolder &run, const std::string &name)
{
  return present({over_time(run, name, "", {colour_at(ColourMap::sequential, 0.2), 2.4})});
}

// Curves over time, to be drawn in one panel; the axis of values may be logarithmic.
struct History
{
  std::string name;
  std::vector<Curve> curves;
  bool log = false, share = false; ///< a logarithmic axis; an axis from 0 to 1

  bool is_recorded() const { return !curves.empty() && curves.front().x.size() > 1; }
};

void draw_history(Page &page, const Box &plot, const History &history, const Lettering &letters)
{
  const auto &curves = history.curves;
  const auto &times = curves.front().x;
  const Axis x{times.front(), std::max(times.back(), times.front() + 1e-12), false, "time t"};
  const auto [low, high] = range_of(curves, x, history.log);
  const double margin = 0.05 * (high - low);
  const Axis y = history.share ? Axis{0, 1, false, history.name}
                 : history.log ? log_axis(std::max(low, high * 1e-12), high, history.name)
                               : rounded_axis(low >= 0 && low < margin ? 0 : low - margin,
                                              high + margin, history.name);
  Canvas canvas = page.panel(plot);
  draw_curves(canvas, x, y, curves);
  draw_frame(page.front(), plot, x, y, letters);
  if (!legend_of(curves).empty())
    draw_legend(page.front(), plot, legend_of(curves), letters);
}

// Adds a dashed line with the slope of the known rate, above the middle of the first curve.
std::vector<Curve> with_slope(const RunFolder &run, std::vector<Curve> curves)
{
  const double rate = run.number("spectral_gap", run.number("decay_rate", NAN));
  if (std::isnan(rate) || curves.empty() || curves.front().x.size() < 2)
    return curves;
  const Curve &first = curves.front();
  const std::size_t middle = first.x.size() / 2;
  Curve slope{"slope of rate " + rounded_number(rate), first.x, {}, {grey, 1.4, 1, true}};
  for (const double t : slope.x)
    slope.y.push_back(2 * first.y[middle] * std::exp(-rate * (t - first.x[middle])));
  curves.push_back(slope);
  return curves;
}

History distances(const RunFolder &run)
{
  const auto curves = present(
      {over_time(run, "l1_to_invariant", "∫|ρ−π|", {colour_at(ColourMap::sequential, 0.2), 2.4}),
       over_time(run, "kl_to_invariant", "relative entropy",
                 {colour_at(ColourMap::sequential, 0.55), 2.4}),
       over_time(run, "chi2_to_invariant", "χ²", {orange, 2.4})});
  return {"distance to invariant density", with_slope(run, curves), true};
}

// What walls that absorb have left: a share, and where little is left a decay.
History survival(const RunFolder &run)
{
  const auto curves = single_curve(run, "survival_probability");
  const bool decays = !curves.empty() && curves.front().y.back() < 0.1;
  return {"survival probability", curves, decays, !decays};
}

History basin_masses(const RunFolder &run)
{
  const auto minima = run.minima();
  std::vector<Curve> curves;
  for (std::size_t k = 0; k < minima.size(); ++k)
    curves.push_back(over_time(run, "basin_" + std::to_string(k + 1),
                               name_of(minima[k], run.dimension()),
                               {colour_of(k, minima.size()), 2.4}));
  return {"mass in the basin of", present(curves), false, true};
}

History expected_loss(const RunFolder &run)
{
  return {"expected loss E[f]", single_curve(run, "expected_loss")};
}

// Of a schedule; a constant one is in the heading.
History learning_rate(const RunFolder &run)
{
  return {"learning rate η", single_curve(run, "learning_rate")};
}

// What the run has recorded over time, side by side.
void draw_histories(Page &page, const RunFolder &run, const Box &room, const Lettering &letters)
{
  std::vector<History> histories;
  for (auto &history :
       {learning_rate(run), distances(run), survival(run), basin_masses(run), expected_loss(run)})
    if (history.is_recorded())
      histories.push_back(history);
  if (histories.empty())
    return page.front().text("nothing was recorded over time", room.centre(),
                             {letters.label, grey, false, Align::middle, Align::middle});
  const double gap = 7 * letters.tick, n = static_cast<double>(histories.size());
  const double width = (room.width - gap * (n - 1)) / n;
  for (std::size_t i = 0; i < histories.size(); ++i)
    draw_history(page, {room.left + i * (width + gap), room.bottom, width, room.height},
                 histories[i], letters);
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
  page.front().text(text, {plot.centre().x, plot.top() + 0.5 * letters.tick},
                    fitting(text, style, snapshot.room.width + 3 * letters.tick));
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
  draw_map(page, map, *snapshot.field, scale, {run.isolated_minima()});
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
      volume, view, scale, run.isolated_minima(), letters);
  draw_snapshot_title(page, room, snapshot, scale, letters);
}

void draw_curve_page(Page &page, const Grids &grids, const std::vector<std::size_t> &indices,
                     const RunFolder &run, const Box &room, const Lettering &letters)
{
  const Bounds view = view_of(grids, 1);
  std::vector<double> times;
  times.reserve(indices.size());
  for (const std::size_t index : indices)
    times.push_back(run.times()[index]);
  const Field &rho = field_named("rho");
  const auto curves = time_curves(grids, times, rho, view, room.width / (view[0][1] - view[0][0]));
  draw_curve_panel(page, {room.left, room.bottom, room.width - 4 * letters.tick, room.height}, view,
                   rho, curves, curves, grids.back(), letters);
}

constexpr double columns = 4;

// The page's cells: a row above, a row below.
struct Layout
{
  Box above, below;
};

// The row above no higher than pictures with the proportions `height_to_width` need.
Layout lay_out(const Page &page, double top, double height_to_width, const Lettering &letters)
{
  const double left = 6 * letters.tick, right = 2.5 * letters.tick, labels = 4.5 * letters.tick,
               title = 3 * letters.tick;
  const double width = page.width() - left - right, both = top - 2 * labels - 2 * title;
  const double picture = (width - (columns - 1) * 5 * letters.tick) / columns;
  const double height = std::clamp(picture * height_to_width, 0.25 * both, 0.5 * both);
  const Box below{left, labels, width, both - height};
  return {{left, below.top() + title + labels, width, height}, below};
}

// Four small pictures above; the invariant density in the first place of the row below, whose rest
// is returned.
Box draw_snapshots(Page &page, const RunFolder &run, const Grids &grids,
                   const std::vector<std::size_t> &indices, const Bounds &view,
                   const Layout &layout, const Lettering &letters)
{
  const double gap = 5 * letters.tick;
  const auto above = row_of_boxes(layout.above, columns, gap),
             below = row_of_boxes(layout.below, columns, gap);
  const Field rho = field_named("rho");
  const std::vector<Field> modes = {field_named("mode-1"), field_named("mode-2"),
                                    field_named("mode-3")};
  std::vector<Snapshot> all;
  for (std::size_t i = 0; i < grids.size(); ++i)
    all.push_back({"ρ at t = " + pretty_number(run.times()[indices[i]]), grids[i], &rho, above[i]});
  if (grids.size() == 1) // of the long run
    all.front().title = "density ρ";
  for (std::size_t k = 0; k < modes.size() && grids.size() == 1; ++k)
    if (has_field(grids[0], modes[k].array))
      all.push_back({modes[k].label, grids[0], &modes[k], above[k + 1]});
  const std::size_t n_above = all.size();
  if (has_field(grids.back(), "invariant"))
    all.push_back({"invariant π", grids.back(), &invariant_field, below[0]});
  for (const auto &snapshot : all)
    (run.dimension() == 2 ? draw_small_map : draw_small_volume)(page, run, snapshot, view, letters);
  if (all.size() == n_above)
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
  auto lines = describe(run);
  lines.push_back(result_in_words(run));
  const std::string first = lines.front();
  lines.erase(lines.begin());
  const double top = draw_heading(page, make_heading(first, lines, page.width(), letters), letters);
  const auto indices = spread_times(run, 4);
  Grids grids;
  for (const std::size_t index : indices)
    grids.push_back(run.load(index));
  const Bounds view = view_of(grids, run.dimension());
  const double height_to_width =
      run.dimension() == 2 ? (view[1][1] - view[1][0]) / (view[0][1] - view[0][0]) : 1e3;
  const Layout layout = lay_out(page, top, height_to_width, letters);
  Box rest = layout.below;
  if (run.dimension() == 1)
    draw_curve_page(page, grids, indices, run, layout.above, letters);
  else
    rest = draw_snapshots(page, run, grids, indices, view, layout, letters);
  rest.height -= 2 * letters.tick; // for the legend
  draw_histories(page, run, rest, letters);
  page.write(file);
}
} // namespace lowland
