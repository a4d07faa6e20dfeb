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
const Field invariant_field = {"invariant", "invariant", "invariant density π", "π"};

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
  curves.erase(std::remove_if(curves.begin(), curves.end(), [](const Curve &c) { return c.x.empty(); }),
               curves.end());
  return curves;
}

// Curves over time in one panel; the axis of values is logarithmic if asked.
void draw_history(Page &page, const Box &plot, const std::vector<Curve> &curves, bool log,
                  const std::string &name, const Lettering &letters)
{
  if (curves.empty())
    return page.front().text("not recorded: " + name, plot.centre(),
                             {letters.tick, grey, false, Align::middle, Align::middle});
  const auto &times = curves.front().x;
  const Axis x{times.front(), std::max(times.back(), times.front() + 1e-12), false, "time t"};
  const auto [low, high] = range_of(curves, x, log);
  const Axis y = log ? log_axis(std::max(low, high * 1e-12), high, name)
                     : rounded_axis(low - 0.05 * (high - low), high + 0.05 * (high - low), name);
  page.panel(plot).fill({0, 0, plot.width, plot.height}, white);
  draw_curves(page, plot, x, y, curves);
  draw_frame(page.front(), plot, x, y, letters);
  if (curves.size() > 1)
    draw_legend(page.front(), {plot.right() - 6, plot.top() - 6}, legend_of(curves), letters);
}

void draw_distances(Page &page, const RunFolder &run, const Box &plot, const Lettering &letters)
{
  const auto curves = present(
    {over_time(run, "l1_to_invariant", "∫|ρ−π|", {colour_at(ColourMap::sequential, 0.2), 2.4}),
     over_time(run, "kl_to_invariant", "relative entropy", {colour_at(ColourMap::sequential, 0.55), 2.4}),
     over_time(run, "chi2_to_invariant", "χ²", {orange, 2.4})});
  draw_history(page, plot, curves, true, "distance to invariant density", letters);
}

void draw_expected_loss(Page &page, const RunFolder &run, const Box &plot, const Lettering &letters)
{
  draw_history(page, plot,
               present({over_time(run, "expected_loss", "", {colour_at(ColourMap::sequential, 0.2), 2.4})}),
               false, "expected loss E[f]", letters);
}

// Small pictures in one row: the density at the times, then the invariant density.
struct Snapshot
{
  std::string title;
  vtkSmartPointer<vtkUnstructuredGrid> grid;
  const Field *field;
};

std::vector<Snapshot> snapshots(const RunFolder &run, const Grids &grids,
                                const std::vector<std::size_t> &indices)
{
  std::vector<Snapshot> all;
  for (std::size_t i = 0; i < grids.size(); ++i)
    all.push_back({"ρ at t = " + pretty_number(run.times()[indices[i]]), grids[i], &field_named("rho")});
  if (has_field(grids.back(), "invariant"))
    all.push_back({"invariant π", grids.back(), &invariant_field});
  return all;
}

void draw_snapshot_title(Page &page, const Box &plot, const std::string &title, const Lettering &letters)
{
  page.front().text(title, {plot.centre().x, plot.top() + 0.5 * letters.tick},
                    {letters.label, black, true, Align::middle, Align::low});
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

void draw_map_row(Page &page, const RunFolder &run, const std::vector<Snapshot> &all, const Grids &grids,
                  const Box &room, const Lettering &letters)
{
  const Bounds view = view_of(grids, 2);
  std::vector<MapPanel> maps;
  std::vector<vtkSmartPointer<vtkPointSet>> surfaces;
  const auto boxes = row_of_boxes(room, all.size(), 4 * letters.tick);
  for (std::size_t i = 0; i < all.size(); ++i)
  {
    maps.push_back(make_map(all[i].grid, *all[i].field, view, fit(view, boxes[i])));
    surfaces.push_back(maps.back().surface);
  }
  // A narrow start would leave the later times dark: each map has its own scale and says its top.
  for (std::size_t i = 0; i < all.size(); ++i)
  {
    const ColourScale scale = scale_for(*all[i].field, {surfaces[i]});
    draw_map(page, maps[i], *all[i].field, scale, run.minima());
    draw_map_frame(page, maps[i], letters);
    draw_snapshot_title(page, maps[i].plot, all[i].title, letters);
  }
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
  draw_curve_panel(page, room, view, rho, curves, curves, grids.back(), letters);
}

void draw_volume_row(Page &page, const RunFolder &run, const std::vector<Snapshot> &all,
                     const Grids &grids, const Box &room, const Lettering &letters)
{
  const Bounds view = view_of(grids, 3);
  const auto boxes = row_of_boxes(room, all.size(), 0);
  Lettering small = letters;
  small.tick *= 0.8;
  for (std::size_t i = 0; i < all.size(); ++i)
  {
    const auto volume = make_volume(all[i].grid, *all[i].field, view);
    const ColourScale scale = scale_for(*all[i].field, {volume});
    draw_volume(page, boxes[i], volume, view, scale, run.minima(), small);
    draw_snapshot_title(page, boxes[i], all[i].title, letters);
  }
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
  const double left = 5.5 * letters.tick, right = 2 * letters.tick, below = 4.5 * letters.tick;
  const double lower_height = 0.36 * page.height();
  const Box upper{left, lower_height + below + 2 * letters.tick, page.width() - left - right,
                  top - lower_height - below - 5 * letters.tick};
  if (run.dimension() == 1)
    draw_curve_page(page, grids, indices, run,
                    {upper.left, upper.bottom, upper.width - 5 * letters.tick, upper.height}, letters);
  else if (run.dimension() == 2)
    draw_map_row(page, run, snapshots(run, grids, indices), grids, upper, letters);
  else
    draw_volume_row(page, run, snapshots(run, grids, indices), grids,
                    {0, upper.bottom - 2 * letters.tick, double(page.width()), upper.height + 2 * letters.tick},
                    letters);
  const auto lower = row_of_boxes({left + letters.tick, below, page.width() - left - right - letters.tick,
                                   lower_height - below - letters.tick},
                                  2, 8 * letters.tick);
  draw_distances(page, run, lower[0], letters);
  draw_expected_loss(page, run, lower[1], letters);
  page.write(file);
}
} // namespace lowland
