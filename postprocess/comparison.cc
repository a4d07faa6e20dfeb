// The same field of several runs side by side.
#include "curves.h"
#include "input/errors.h"
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
// One run with the words above its panel.
struct Entry
{
  const RunFolder *run;
  double time;
  vtkSmartPointer<vtkUnstructuredGrid> grid;
  std::vector<std::string> title;
};

// Panels of one size, with room for their axes between them.
struct Row
{
  double left, bottom, width, height, gap;

  Box room(std::size_t i) const { return {left + i * (width + gap), bottom, width, height}; }
};

TextStyle entry_style(const Lettering &letters)
{
  return {letters.tick, black, true, Align::middle, Align::low};
}

std::vector<std::string> entry_title(const RunFolder &run, std::size_t index, double width,
                                     const Lettering &letters)
{
  const std::string noise = run.describe_noise(), occasion = run.occasion(index);
  return lines_within((noise.empty() ? run.path() : noise) +
                          (occasion.empty() ? "" : ", " + occasion),
                      entry_style(letters), width);
}

// The last line stands above the plot, the others above it.
void draw_entry_title(Page &page, const Entry &entry, const Box &plot, double above,
                      const Lettering &letters)
{
  double y = plot.top() + above;
  for (auto line = entry.title.rbegin(); line != entry.title.rend(); ++line)
  {
    page.front().text(*line, {plot.centre().x, y}, entry_style(letters));
    y += 1.4 * letters.tick;
  }
}

std::vector<std::string> common_landscape(const std::vector<RunFolder> &runs)
{
  const std::string landscape = runs.front().text("landscape");
  for (const auto &run : runs)
    if (run.text("landscape") != landscape)
      return {};
  return landscape.empty() ? std::vector<std::string>{}
                           : std::vector<std::string>{"f = " + landscape};
}

using Grids = std::vector<vtkSmartPointer<vtkUnstructuredGrid>>;

void compare_curves(Page &page, const std::vector<Entry> &entries, const Grids &grids,
                    const Field &field, const Row &row, const Lettering &letters)
{
  const Bounds view = view_of(grids, 1);
  const double pixels = row.width / (view[0][1] - view[0][0]);
  std::vector<std::vector<Curve>> curves;
  std::vector<Curve> all;
  for (const auto &entry : entries)
  {
    curves.push_back(time_curves({entry.grid}, {entry.time}, field, view, pixels));
    all.insert(all.end(), curves.back().begin(), curves.back().end());
  }
  for (std::size_t i = 0; i < entries.size(); ++i)
  {
    const Box plot = row.room(i);
    draw_curve_panel(page, plot, view, field, curves[i], all, entries[i].grid, letters);
    draw_entry_title(page, entries[i], plot, 2.4 * letters.tick, letters);
  }
}

void compare_maps(Page &page, const std::vector<Entry> &entries, const Grids &grids,
                  const Field &field, const PictureRequest &request, const Row &row,
                  const Lettering &letters)
{
  const Bounds view = view_of(grids, 2);
  std::vector<MapPanel> maps;
  std::vector<vtkSmartPointer<vtkPointSet>> surfaces;
  for (std::size_t i = 0; i < entries.size(); ++i)
  {
    maps.push_back(make_map(entries[i].grid, field, view, fit(view, row.room(i))));
    surfaces.push_back(maps.back().surface);
  }
  const ColourScale scale = scale_for(field, surfaces);
  for (std::size_t i = 0; i < entries.size(); ++i)
  {
    draw_map(page, maps[i], field, scale,
             {entries[i].run->isolated_minima(), request.mesh, request.arrows});
    draw_map_frame(page, maps[i], letters);
    draw_entry_title(page, entries[i], maps[i].plot, 0.6 * letters.tick, letters);
  }
  const Box &last = maps.back().plot;
  draw_colour_bar(page.front(),
                  {last.right() + 1.6 * letters.tick, last.bottom, 1.3 * letters.tick, last.height},
                  scale, field.symbol, letters);
}

void compare_volumes(Page &page, const std::vector<Entry> &entries, const Grids &grids,
                     const Field &field, const Row &row, const Lettering &letters)
{
  const Bounds view = view_of(grids, 3);
  Grids volumes;
  std::vector<vtkSmartPointer<vtkPointSet>> points;
  for (const auto &entry : entries)
  {
    volumes.push_back(make_volume(entry.grid, field, view, row.width));
    points.push_back(volumes.back());
  }
  const ColourScale scale = scale_for(field, points);
  for (std::size_t i = 0; i < entries.size(); ++i)
  {
    const Box room = row.room(i);
    draw_volume(page, room, volumes[i], view, scale, entries[i].run->isolated_minima(), letters);
    draw_entry_title(page, entries[i], room, 0.6 * letters.tick, letters);
  }
  const Box last = row.room(entries.size() - 1);
  draw_shell_bar(page,
                 {last.right() + 1.6 * letters.tick, last.bottom + 2 * letters.tick,
                  1.3 * letters.tick, last.height - 6 * letters.tick},
                 field, scale, letters);
}
} // namespace

void write_comparison(const std::vector<RunFolder> &runs, const PictureRequest &request,
                      const std::string &file)
{
  const Field field = field_named(request.field);
  const Lettering letters = lettering_for(request.width, request.height);
  const int dimension = runs.front().dimension();
  for (const auto &run : runs)
    if (run.dimension() != dimension)
      throw InputError(run.path() + " has dimension " + std::to_string(run.dimension()) + ", " +
                       runs.front().path() + " " + std::to_string(dimension) +
                       ": they cannot stand side by side.");
  const Heading heading = make_heading(field.label, common_landscape(runs), request.width, letters);
  Row row{5 * letters.tick + 12, 4.5 * letters.tick, 0, 0,
          (dimension == 1 ? 12 : 5.5) * letters.tick};
  row.width =
      (request.width - row.left - 8 * letters.tick - row.gap * (runs.size() - 1)) / runs.size();
  std::vector<Entry> entries;
  Grids grids;
  std::size_t most_lines = 1;
  for (std::size_t i = 0; i < runs.size(); ++i)
  {
    const std::size_t index = request.indices.at(i);
    grids.push_back(runs[i].load(index));
    entries.push_back({&runs[i], runs[i].times()[index], grids.back(),
                       entry_title(runs[i], index, row.width + 0.6 * row.gap, letters)});
    most_lines = std::max(most_lines, entries.back().title.size());
  }
  const double around = heading.height + row.bottom + (3 + 1.4 * most_lines) * letters.tick;
  row.height = request.height - around;
  if (dimension == 2 && !request.exact_size) // no higher than the maps
  {
    const Bounds view = view_of(grids, 2);
    row.height = std::min(
        row.height, std::ceil(row.width * (view[1][1] - view[1][0]) / (view[0][1] - view[0][0])));
  }
  Page page(request.width, static_cast<int>(row.height + around));
  draw_heading(page, heading, letters);
  if (dimension == 1)
    compare_curves(page, entries, grids, field, row, letters);
  else if (dimension == 2)
    compare_maps(page, entries, grids, field, request, row, letters);
  else
    compare_volumes(page, entries, grids, field, row, letters);
  page.write(file);
}
} // namespace lowland
