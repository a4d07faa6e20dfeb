// The same field of several runs side by side.
#include "input/errors.h"
#include "map.h"
#include "numbers.h"
#include "pictures.h"
#include "title.h"

namespace lowland
{
namespace
{
struct Entry
{
  const RunFolder *run;
  double time;
  vtkSmartPointer<vtkUnstructuredGrid> grid;
  MapPanel map;
};

void draw_entry_title(Page &page, const Entry &entry, double width, const Lettering &letters)
{
  const Box &plot = entry.map.plot;
  const std::string noise = entry.run->describe_noise();
  const TextStyle style{letters.tick, black, true, Align::middle, Align::low};
  const std::string text =
      (noise.empty() ? entry.run->path() : noise) + ", t = " + pretty_number(entry.time);
  page.front().text(text_within(text, style, width),
                    {plot.centre().x, plot.top() + 0.6 * letters.tick}, style);
}

std::string common_landscape(const std::vector<RunFolder> &runs)
{
  const std::string landscape = runs.front().text("landscape");
  for (const auto &run : runs)
    if (run.text("landscape") != landscape)
      return "";
  return landscape.empty() ? "" : "f = " + landscape;
}
} // namespace

void write_comparison(const std::vector<RunFolder> &runs, const PictureRequest &request,
                      const std::string &file)
{
  const Field &field = field_named(request.field);
  const Lettering letters = lettering_for(request.width, request.height);
  std::vector<Entry> entries;
  std::vector<vtkSmartPointer<vtkUnstructuredGrid>> grids;
  for (std::size_t i = 0; i < runs.size(); ++i)
  {
    if (runs[i].dimension() != 2)
      throw InputError(runs[i].path() + " has " + std::to_string(runs[i].dimension()) +
                       " parameters; compare shows runs with two.");
    const std::size_t index = request.indices.at(i);
    grids.push_back(runs[i].load(index));
    entries.push_back({&runs[i], runs[i].times()[index], grids.back(), {}});
  }
  Page page(request.width, request.height);
  const double top = draw_title(page, field.label, common_landscape(runs), letters);
  const double left = 5 * letters.tick + 12, right = 8 * letters.tick,
               gap = 5.5 * letters.tick + 12;
  const double width = (page.width() - left - right - gap * (runs.size() - 1)) / runs.size();
  const Bounds view = view_of(grids, 2);
  std::vector<vtkSmartPointer<vtkPointSet>> surfaces;
  for (std::size_t i = 0; i < entries.size(); ++i)
  {
    const Box room{left + i * (width + gap), 4.5 * letters.tick, width, top - 7 * letters.tick};
    entries[i].map = make_map(entries[i].grid, field, view, fit(view, room));
    surfaces.push_back(entries[i].map.surface);
  }
  const ColourScale scale = scale_for(field, surfaces);
  for (const auto &entry : entries)
  {
    draw_map(page, entry.map, field, scale, entry.run->minima());
    draw_map_frame(page, entry.map, letters);
    draw_entry_title(page, entry, width + 0.8 * gap, letters);
  }
  const Box &last = entries.back().map.plot;
  draw_colour_bar(page.front(),
                  {last.right() + 1.6 * letters.tick, last.bottom, 1.3 * letters.tick, last.height},
                  scale, field.symbol, letters);
  page.write(file);
}
} // namespace lowland
