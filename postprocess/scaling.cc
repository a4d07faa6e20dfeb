// How run time changes with the number of ranks: from the tables that cluster/scaling writes.
#include "axes.h"
#include "input/csv.h"
#include "input/errors.h"
#include "pictures.h"
#include "plot.h"

#include <algorithm>

namespace lowland
{
namespace
{
const std::vector<double> &column(const NumberTable &table, const std::string &name)
{
  const auto found = std::find(table.names.begin(), table.names.end(), name);
  if (found == table.names.end())
    throw InputError("a table of scaling has no column " + name + ".");
  return table.columns[found - table.names.begin()];
}

/// Unknowns per second, relative to those of one rank as the first row has them.
Curve speed_up(const std::string &file, const std::string &name, const LineStyle &style)
{
  const NumberTable table = read_csv(file);
  const auto &ranks = column(table, "ranks"), &unknowns = column(table, "unknowns"),
             &seconds = column(table, "seconds");
  Curve curve{name, ranks, {}, style};
  const double first = unknowns[0] / seconds[0] / ranks[0];
  for (std::size_t k = 0; k < ranks.size(); ++k)
    curve.y.push_back(unknowns[k] / seconds[k] / first);
  return curve;
}
} // namespace

void write_scaling(const std::string &folder, const PictureRequest &request,
                   const std::string &file)
{
  std::vector<Curve> curves = {
      speed_up(folder + "/strong.csv", "strong: the same mesh",
               {colour_at(ColourMap::sequential, 0.2), 3}),
      speed_up(folder + "/weak.csv", "weak: a mesh that grows with the ranks", {orange, 3})};
  double most = 2;
  for (const Curve &curve : curves)
    most = std::max(most, *std::max_element(curve.x.begin(), curve.x.end()));
  curves.push_back({"ideal", {1, most}, {1, most}, {grey, 1.4, 1, true}});

  const Lettering letters = lettering_for(request.width, request.height);
  const Axis x = rounded_axis(0, most, "ranks");
  const Axis y = rounded_axis(0, most, "speed-up (unknowns per second, relative to one rank)");
  const double side = room_for_labels(y, request.height, letters), bottom = 4.5 * letters.tick;
  const Box plot{side, bottom, request.width - side - 2.5 * letters.tick,
                 request.height - bottom - 3 * letters.tick};
  Page page(request.width, request.height);
  Canvas canvas = page.panel(plot);
  draw_curves(canvas, x, y, curves);
  draw_frame(page.front(), plot, x, y, letters);
  draw_legend(page.front(), plot, legend_of(curves), letters);
  page.write(file);
}
} // namespace lowland
