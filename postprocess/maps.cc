#include "map.h"
#include "pictures.h"
#include "title.h"

namespace lowland
{
namespace
{
// Where the plot and its colour bar may lie, given what the labels around them need.
Box room_for_plot(const PictureRequest &request, const Bounds &view, const Lettering &letters)
{
  const double bottom = 2.8 * letters.tick + letters.label + 12, right = letters.tick * 9,
               top = 5.4 * letters.title, height = request.height - bottom - top;
  const double left = room_for_labels({view[1][0], view[1][1], false, ""}, height, letters);
  return {left, bottom, request.width - left - right, height};
}

void write_map(const RunFolder &run, const PictureRequest &request, const MapPanel &map,
               const ColourScale &scale, double time, const std::string &file)
{
  const Field &field = field_named(request.field);
  const Lettering letters = lettering_for(request.width, request.height);
  Page page(request.width, request.height);
  draw_title(page, title_of(field, time), describe(run), letters);
  draw_map(page, map, field, scale, run.minima());
  draw_map_frame(page, map, letters);
  const Box bar{map.plot.right() + 1.6 * letters.tick, map.plot.bottom, 1.4 * letters.tick,
                map.plot.height};
  draw_colour_bar(page.front(), bar, scale, field.symbol, letters);
  page.write(file);
}
} // namespace

void write_maps(const RunFolder &run, const PictureRequest &request,
                const std::vector<std::string> &files)
{
  std::vector<vtkSmartPointer<vtkUnstructuredGrid>> grids;
  for (const std::size_t index : request.indices)
    grids.push_back(run.load(index));
  const Bounds view = view_of(grids, 2);
  const Box plot =
      fit(view, room_for_plot(request, view, lettering_for(request.width, request.height)));
  std::vector<MapPanel> maps;
  std::vector<vtkSmartPointer<vtkPointSet>> surfaces;
  for (const auto &grid : grids)
  {
    maps.push_back(make_map(grid, field_named(request.field), view, plot));
    surfaces.push_back(maps.back().surface);
  }
  const ColourScale scale = scale_for(field_named(request.field), surfaces);
  for (std::size_t i = 0; i < maps.size(); ++i)
    write_map(run, request, maps[i], scale, run.times()[request.indices[i]], files[i]);
}
} // namespace lowland
