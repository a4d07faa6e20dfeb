#include "map.h"

#include "numbers.h"

#include <vtkCell.h>
#include <vtkContourFilter.h>
#include <vtkPointData.h>
#include <vtkTransform.h>
#include <vtkTransformPolyDataFilter.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
constexpr int arrow_spacing = 34;

double pixels_per_length(const MapPanel &map)
{
  return map.plot.width / (map.view[0][1] - map.view[0][0]);
}

Point2 in_pixels(const MapPanel &map, const double *point)
{
  return {(point[0] - map.view[0][0]) * pixels_per_length(map),
          (point[1] - map.view[1][0]) * pixels_per_length(map)};
}

vtkSmartPointer<vtkPolyData> to_pixels(vtkPolyData *mesh, const MapPanel &map)
{
  vtkNew<vtkTransform> transform;
  const double scale = pixels_per_length(map);
  transform->Scale(scale, scale, 0);
  transform->Translate(-map.view[0][0], -map.view[1][0], 0);
  vtkNew<vtkTransformPolyDataFilter> filter;
  filter->SetTransform(transform);
  filter->SetInputData(mesh);
  filter->Update();
  return filter->GetOutput();
}

bool inside(const Box &plot, const double *pixel)
{
  return pixel[0] >= 0 && pixel[1] >= 0 && pixel[0] <= plot.width && pixel[1] <= plot.height;
}

// Levels that stand at even distances on the slopes of a quadratic loss.
std::vector<double> loss_levels(const MapPanel &map)
{
  vtkDataArray *loss = map.surface->GetPointData()->GetArray("loss");
  double low = 1e300, high = -1e300;
  for (vtkIdType p = 0; p < map.surface->GetNumberOfPoints(); ++p)
    if (inside(map.plot, map.surface->GetPoint(p)))
    {
      low = std::min(low, loss->GetComponent(p, 0));
      high = std::max(high, loss->GetComponent(p, 0));
    }
  const int n_contours = map.plot.width > 500 ? 12 : 7;
  std::vector<double> levels;
  for (int k = 1; k <= n_contours; ++k)
    levels.push_back(low + (high - low) * std::pow(double(k) / (n_contours + 1), 2));
  return levels;
}

vtkSmartPointer<vtkPolyData> loss_contours(const MapPanel &map)
{
  vtkNew<vtkPolyData> source;
  source->ShallowCopy(map.surface);
  source->GetPointData()->SetActiveScalars("loss");
  vtkNew<vtkContourFilter> filter;
  filter->SetInputData(source);
  int n = 0;
  for (const double level : loss_levels(map))
    filter->SetValue(n++, level);
  filter->ComputeScalarsOff();
  filter->Update();
  return filter->GetOutput();
}

// An arrow of `length` pixels through `centre` along (u, v).
Polyline arrow(Point2 centre, double u, double v, double length)
{
  const double norm = std::hypot(u, v), dx = u / norm * length / 2, dy = v / norm * length / 2;
  const Point2 tail{centre.x - dx, centre.y - dy}, head{centre.x + dx, centre.y + dy};
  const double back = 0.6;
  return {tail,
          head,
          {head.x - back * dx - 0.5 * back * dy, head.y - back * dy + 0.5 * back * dx},
          head,
          {head.x - back * dx + 0.5 * back * dy, head.y - back * dy - 0.5 * back * dx}};
}

// One arrow a square of the page, from the lattice point next to the square's middle.
std::vector<Polyline> current_arrows(const MapPanel &map)
{
  vtkDataArray *current = map.surface->GetPointData()->GetArray("current");
  const int columns = static_cast<int>(map.plot.width / arrow_spacing) + 1,
            rows = static_cast<int>(map.plot.height / arrow_spacing) + 1;
  struct Nearest
  {
    double distance = 1e300;
    vtkIdType point = -1;
  };
  std::vector<Nearest> squares(static_cast<std::size_t>(columns) * rows);
  std::vector<double> sizes = {0};
  for (vtkIdType p = 0; p < map.surface->GetNumberOfPoints(); ++p)
  {
    double at[3];
    map.surface->GetPoint(p, at);
    if (!inside(map.plot, at))
      continue;
    sizes.push_back(std::hypot(current->GetComponent(p, 0), current->GetComponent(p, 1)));
    const int i = static_cast<int>(at[0] / arrow_spacing),
              j = static_cast<int>(at[1] / arrow_spacing);
    Nearest &square = squares[i + columns * j];
    const double distance =
        std::hypot(at[0] - (i + 0.5) * arrow_spacing, at[1] - (j + 0.5) * arrow_spacing);
    if (distance < square.distance)
      square = {distance, p};
  }
  const double largest = quantile(sizes, current_share);
  std::vector<Polyline> arrows;
  for (const auto &square : squares)
  {
    if (square.point < 0)
      continue;
    const double u = current->GetComponent(square.point, 0),
                 v = current->GetComponent(square.point, 1);
    const double share =
        std::sqrt(std::min(1., std::hypot(u, v) / largest)); // the root keeps weak currents visible
    double at[3];
    map.surface->GetPoint(square.point, at);
    if (share > 0.05)
      arrows.push_back(arrow({at[0], at[1]}, u, v, arrow_spacing * 0.85 * share));
  }
  return arrows;
}

// The edges of the cells; those of curved or high-order cells through all of their nodes.
std::vector<Polyline> cell_edges(const MapPanel &map)
{
  std::vector<Polyline> edges;
  for (vtkIdType c = 0; c < map.grid->GetNumberOfCells(); ++c)
  {
    vtkCell *cell = map.grid->GetCell(c);
    const double *b = cell->GetBounds();
    if (b[1] < map.view[0][0] || b[0] > map.view[0][1] || b[3] < map.view[1][0] ||
        b[2] > map.view[1][1])
      continue;
    for (int e = 0; e < cell->GetNumberOfEdges(); ++e)
    {
      vtkPoints *nodes = cell->GetEdge(e)->GetPoints(); // the two ends come first
      Polyline edge = {in_pixels(map, nodes->GetPoint(0))};
      for (vtkIdType n = 2; n < nodes->GetNumberOfPoints(); ++n)
        edge.push_back(in_pixels(map, nodes->GetPoint(n)));
      edge.push_back(in_pixels(map, nodes->GetPoint(1)));
      edges.push_back(edge);
    }
  }
  return edges;
}

// A white cross with a dark rim, visible on every colour.
void mark(Canvas &canvas, Point2 at)
{
  const double r = std::clamp(canvas.box().width / 110, 4., 7.);
  const auto cross = [&](double arm) {
    return std::vector<Polyline>{{{at.x - arm, at.y - arm}, {at.x + arm, at.y + arm}},
                                 {{at.x - arm, at.y + arm}, {at.x + arm, at.y - arm}}};
  };
  canvas.lines(cross(r + 1), {black, 0.6 * r});
  canvas.lines(cross(r), {white, 0.28 * r});
}
} // namespace

MapPanel make_map(vtkUnstructuredGrid *grid, const Field &field, const Bounds &view,
                  const Box &plot)
{
  MapPanel map{plot, view, nullptr, grid};
  const auto refined = refined_field(grid, field, fine_on_screen(view, pixels_per_length(map)));
  map.surface = to_pixels(as_surface(refined), map);
  return map;
}

void draw_map(Page &page, const MapPanel &map, const Field &field, const ColourScale &scale,
              const Overlays &overlays)
{
  Canvas canvas = page.panel(map.plot);
  canvas.coloured(map.surface, scale);
  const Colour ink = field.map == ColourMap::diverging ? grey : white;
  if (has_field(map.surface, "loss"))
    canvas.plain(loss_contours(map), {ink, 0.8, 0.4});
  if (overlays.mesh)
    canvas.lines(cell_edges(map), {ink, 0.7, 0.35});
  const bool arrows = overlays.arrows || field.array == "current";
  if (arrows && !has_field(map.surface, "current"))
    throw missing("current");
  if (arrows)
    canvas.lines(current_arrows(map), {ink, 1.3, 0.9});
  for (const auto &minimum : overlays.minima)
  {
    const double point[2] = {minimum.x, minimum.y};
    mark(canvas, in_pixels(map, point));
  }
}

void draw_map_frame(Page &page, const MapPanel &map, const Lettering &letters)
{
  draw_frame(page.front(), map.plot, {map.view[0][0], map.view[0][1], false, "x"},
             {map.view[1][0], map.view[1][1], false, "y"}, letters);
}
} // namespace lowland
