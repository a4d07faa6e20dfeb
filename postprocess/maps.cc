#include "map.h"
#include "pictures.h"
#include "title.h"

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
constexpr double narrowest_page = 760; ///< where the page may be made to suit the plot

// A page with its plot: the same for all times.
struct Sheet
{
  double width, height;
  Lettering letters;
  Box plot;
};

// What the labels below, to the left and to the right need.
struct Margins
{
  double left, bottom, right;
};

Margins margins_of(const Bounds &view, double height, const Lettering &letters)
{
  return {room_for_labels({view[1][0], view[1][1], false, ""}, height, letters),
          2.8 * letters.tick + letters.label + 12, letters.tick * 9};
}

Heading heading_of(const RunFolder &run, const Field &field, std::size_t index, double width,
                   const Lettering &letters)
{
  return make_heading(title_of(run, field, index), describe(run), width, letters);
}

// The plot as large as the page allows; then, unless its size was asked for, the page without what
// stays empty around the plot.
Sheet lay_out(const RunFolder &run, const PictureRequest &request, const Bounds &view)
{
  const Field field = field_named(request.field);
  Sheet sheet{double(request.width),
              double(request.height),
              lettering_for(request.width, request.height),
              {}};
  const Lettering &letters = sheet.letters;
  const double bar_title = 2 * letters.label;
  const auto top_of = [&](double width) {
    return heading_of(run, field, request.indices.back(), width, letters).height + bar_title;
  };
  const double top = top_of(sheet.width);
  const Margins margins = margins_of(view, sheet.height - top, letters);
  const Box room{margins.left, margins.bottom, sheet.width - margins.left - margins.right,
                 sheet.height - top - margins.bottom};
  sheet.plot = fit(view, room);
  if (request.exact_size)
    return sheet;
  sheet.width =
      std::ceil(std::max(narrowest_page, sheet.plot.width + margins.left + margins.right));
  sheet.height = std::ceil(sheet.plot.height + margins.bottom + top_of(sheet.width));
  sheet.plot.left =
      margins.left + (sheet.width - margins.left - margins.right - sheet.plot.width) / 2;
  sheet.plot.bottom = margins.bottom;
  return sheet;
}

void write_map(const RunFolder &run, const PictureRequest &request, const Sheet &sheet,
               const MapPanel &map, const ColourScale &scale, std::size_t index,
               const std::string &file)
{
  const Field field = field_named(request.field);
  const Lettering &letters = sheet.letters;
  Page page(static_cast<int>(sheet.width), static_cast<int>(sheet.height));
  draw_heading(page, heading_of(run, field, index, sheet.width, letters), letters);
  draw_map(page, map, field, scale, {run.isolated_minima(), request.mesh, request.arrows});
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
  const Sheet sheet = lay_out(run, request, view);
  std::vector<MapPanel> maps;
  std::vector<vtkSmartPointer<vtkPointSet>> surfaces;
  for (const auto &grid : grids)
  {
    maps.push_back(make_map(grid, field_named(request.field), view, sheet.plot));
    surfaces.push_back(maps.back().surface);
  }
  const ColourScale scale = scale_for(field_named(request.field), surfaces);
  for (std::size_t i = 0; i < maps.size(); ++i)
    write_map(run, request, sheet, maps[i], scale, request.indices[i], files[i]);
}
} // namespace lowland
