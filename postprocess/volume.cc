#include "volume.h"

#include "pictures.h"
#include "scene.h"
#include "title.h"

#include <vtkActor.h>
#include <vtkContourFilter.h>
#include <vtkPolyDataMapper.h>
#include <vtkPolyDataNormals.h>
#include <vtkProperty.h>

#include <algorithm>
#include <cmath>

namespace lowland
{
namespace
{
struct Shell
{
  double share, opacity;
};
constexpr Shell shells[] = {{0.04, 0.10}, {0.2, 0.18}, {0.5, 0.35}, {0.8, 1}};

vtkSmartPointer<vtkActor> shell_actor(vtkUnstructuredGrid *volume, double level, double opacity,
                                      const Colour &colour)
{
  vtkNew<vtkContourFilter> contour;
  contour->SetInputData(volume);
  contour->SetValue(0, level);
  contour->ComputeScalarsOff();
  vtkNew<vtkPolyDataNormals> normals;
  normals->SetInputConnection(contour->GetOutputPort());
  normals->SplittingOff();
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputConnection(normals->GetOutputPort());
  mapper->ScalarVisibilityOff();
  mapper->Update();
  auto actor = vtkSmartPointer<vtkActor>::New();
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(colour[0], colour[1], colour[2]);
  actor->GetProperty()->SetOpacity(opacity);
  actor->GetProperty()->SetAmbient(0.55);
  actor->GetProperty()->SetDiffuse(0.5);
  return actor;
}

double share_of(const ColourScale &scale, double level)
{
  return (level - scale.lower) / (scale.upper - scale.lower);
}

bool contains(const Bounds &view, const std::array<double, 3> &point)
{
  for (int d = 0; d < 3; ++d)
    if (point[d] < view[d][0] || point[d] > view[d][1])
      return false;
  return true;
}

void mark_minima(Page &page, const Scene &scene, const std::vector<MarkedPoint> &minima,
                 const Bounds &view, double radius)
{
  for (const auto &minimum : minima)
  {
    const std::array<double, 3> point = {minimum.x, minimum.y, minimum.z};
    if (!contains(view, point))
      continue;
    const Point2 at = scene.on_page(point);
    page.front().disc(at, radius, black);
    page.front().disc(at, 0.6 * radius, white);
  }
}
} // namespace

std::vector<double> shell_levels(const ColourScale &scale)
{
  std::vector<double> levels;
  for (const auto &shell : shells)
    levels.push_back(scale.lower + shell.share * (scale.upper - scale.lower));
  return levels;
}

vtkSmartPointer<vtkUnstructuredGrid> make_volume(vtkUnstructuredGrid *grid, const Field &field,
                                                 const Bounds &view, double pixels)
{
  const double pieces_across = std::clamp(pixels / 16, 24., 64.);
  double longest = 0;
  for (const auto &side : view)
    longest = std::max(longest, side[1] - side[0]);
  return refined_field(grid, field, fine_on_screen(view, pieces_across / longest, 1), true);
}

void draw_volume(Page &page, const Box &area, vtkUnstructuredGrid *volume, const Bounds &view,
                 const ColourScale &scale, const std::vector<MarkedPoint> &minima,
                 const Lettering &letters)
{
  Scene scene(page, area, view, {1, 1, 1}, {"x", "y", "z"}, letters);
  const auto levels = shell_levels(scale);
  for (std::size_t i = 0; i < levels.size(); ++i)
    scene.add(shell_actor(volume, levels[i], shells[i].opacity,
                          colour_at(scale.map, share_of(scale, levels[i]))));
  scene.draw_axes();
  mark_minima(page, scene, minima, view, std::clamp(area.width / 150, 2.5, 5.));
}

void write_volumes(const RunFolder &run, const PictureRequest &request,
                   const std::vector<std::string> &files)
{
  const Field field = field_named(request.field);
  const Lettering letters = lettering_for(request.width, request.height);
  std::vector<vtkSmartPointer<vtkUnstructuredGrid>> grids;
  for (const std::size_t index : request.indices)
    grids.push_back(run.load(index));
  const Bounds view = view_of(grids, 3);
  std::vector<vtkSmartPointer<vtkPointSet>> volumes;
  volumes.reserve(grids.size());
  for (auto &grid : grids)
    volumes.push_back(grid = make_volume(grid, field, view, request.width));
  const ColourScale scale = scale_for(field, volumes);
  for (std::size_t i = 0; i < grids.size(); ++i)
  {
    Page page(request.width, request.height);
    const double top = draw_heading(page,
                                    make_heading(title_of(run, field, request.indices[i]),
                                                 describe(run), page.width(), letters),
                                    letters);
    const double right = 9 * letters.tick;
    draw_volume(page, {0, 0, page.width() - right, top}, grids[i], view, scale,
                run.isolated_minima(), letters);
    draw_shell_bar(
        page, {page.width() - right, 5 * letters.tick, 1.4 * letters.tick, top - 9 * letters.tick},
        field, scale, letters);
    page.write(files[i]);
  }
}

void draw_shell_bar(Page &page, const Box &bar, const Field &field, const ColourScale &scale,
                    const Lettering &letters)
{
  draw_colour_bar(page.front(), bar, scale, field.symbol, letters);
  for (const double level : shell_levels(scale))
  {
    const double y = bar.bottom + bar.height * share_of(scale, level);
    page.front().line({{bar.left - 6, y}, {bar.right(), y}}, {black, 2});
  }
}
} // namespace lowland
