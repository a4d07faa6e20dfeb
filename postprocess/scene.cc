#include "scene.h"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace lowland
{
namespace
{
// The eye stands to the right of the front edge and above.
constexpr double azimuth = -60 * M_PI / 180, elevation = 26 * M_PI / 180;
using Vector = std::array<double, 3>;
const Vector to_eye = {std::cos(elevation) * std::cos(azimuth),
                       std::cos(elevation) * std::sin(azimuth), std::sin(elevation)};
const Vector to_right = {-std::sin(azimuth), std::cos(azimuth), 0};
const Vector upwards = {-std::sin(elevation) * std::cos(azimuth),
                        -std::sin(elevation) * std::sin(azimuth), std::cos(elevation)};

double dot(const Vector &a, const Vector &b)
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
} // namespace

Scene::Scene(Page &page, const Box &area, const Bounds &bounds,
             const std::array<double, 3> &stretch, const std::array<std::string, 3> &names,
             const Lettering &letters)
    : page_(page), area_(area), bounds_(bounds), stretch_(stretch), names_(names),
      letters_(letters), renderer_(page.scene(area))
{
  place_camera();
  add_edges();
}

Scene::Vector Scene::corner(int x, int y, int z) const
{
  return {bounds_[0][x] * stretch_[0], bounds_[1][y] * stretch_[1], bounds_[2][z] * stretch_[2]};
}

void Scene::place_camera()
{
  double left = 1e300, right = -1e300, bottom = 1e300, top = -1e300;
  for (int c = 0; c < 8; ++c)
  {
    const Vector at = corner(c & 1, c >> 1 & 1, c >> 2);
    left = std::min(left, dot(at, to_right));
    right = std::max(right, dot(at, to_right));
    bottom = std::min(bottom, dot(at, upwards));
    top = std::max(top, dot(at, upwards));
  }
  const double labels = 5 * letters_.tick; // on every side
  scale_ = std::min((area_.width - 2 * labels) / (right - left),
                    (area_.height - labels - letters_.tick) / (top - bottom));
  centre_ = {(left + right) / 2, (bottom + top) / 2 - (labels - letters_.tick) / 2 / scale_};
  vtkCamera *camera = renderer_->GetActiveCamera();
  const double far = 10 * (right - left + top - bottom);
  Vector focus, eye;
  for (int d = 0; d < 3; ++d)
    focus[d] = centre_.x * to_right[d] + centre_.y * upwards[d];
  // The focus lies in the plane through the origin: move it to the middle of the box.
  Vector middle;
  for (int d = 0; d < 3; ++d)
    middle[d] = (bounds_[d][0] + bounds_[d][1]) / 2 * stretch_[d];
  const double depth = dot(middle, to_eye);
  for (int d = 0; d < 3; ++d)
  {
    focus[d] += depth * to_eye[d];
    eye[d] = focus[d] + far * to_eye[d];
  }
  camera->ParallelProjectionOn();
  camera->SetFocalPoint(focus.data());
  camera->SetPosition(eye.data());
  camera->SetViewUp(0, 0, 1);
  camera->SetParallelScale(area_.height / 2 / scale_);
  camera->SetClippingRange(0.5 * far, 1.5 * far);
}

Point2 Scene::on_page(const std::array<double, 3> &point) const
{
  const Vector at = {point[0] * stretch_[0], point[1] * stretch_[1], point[2] * stretch_[2]};
  return {area_.centre().x + (dot(at, to_right) - centre_.x) * scale_,
          area_.centre().y + (dot(at, upwards) - centre_.y) * scale_};
}

void Scene::add(vtkProp *prop)
{
  renderer_->AddViewProp(prop);
}

void Scene::add_edges()
{
  constexpr vtkIdType nearest =
      1 | 4; // the corner nearest to the eye: its edges would be in the way
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> lines;
  for (int c = 0; c < 8; ++c)
    points->InsertNextPoint(corner(c & 1, c >> 1 & 1, c >> 2).data());
  for (vtkIdType c = 0; c < 8; ++c)
    for (int d = 0; d < 3; ++d)
      if (!(c >> d & 1) && c != nearest && (c | 1 << d) != nearest)
      {
        const vtkIdType edge[2] = {c, c | 1 << d};
        lines->InsertNextCell(2, edge);
      }
  vtkNew<vtkPolyData> box;
  box->SetPoints(points);
  box->SetLines(lines);
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(box);
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->LightingOff();
  actor->GetProperty()->SetColor(grey[0], grey[1], grey[2]);
  actor->GetProperty()->SetLineWidth(2);
  add(actor);
}

void Scene::draw_axis(int direction, const Vector &start, const Vector &other_side)
{
  // Ticks point away from the box: from the opposite edge through this one.
  const Point2 here = on_page(start), there = on_page(other_side);
  const double length = std::hypot(here.x - there.x, here.y - there.y);
  const Point2 out{(here.x - there.x) / length, (here.y - there.y) / length};
  Vector end = start;
  end[direction] = bounds_[direction][1];
  const Point2 far = on_page(end);
  const Axis axis{bounds_[direction][0], bounds_[direction][1], false, names_[direction]};
  const double apart = letters_.tick * (direction == 2 ? 3 : 5);
  const int wanted = static_cast<int>(std::hypot(far.x - here.x, far.y - here.y) / apart);
  for (const auto &tick : axis.ticks(wanted))
  {
    Vector at = start;
    at[direction] = tick.value;
    const Point2 p = on_page(at);
    const auto along = [&](double distance) {
      return Point2{p.x + distance * out.x, p.y + distance * out.y};
    };
    page_.front().line({p, along(6)});
    page_.front().text(tick.label, along(6 + 1.2 * letters_.tick),
                       {letters_.tick, black, false, Align::middle, Align::middle});
  }
  const double away = 3.6 * letters_.tick;
  page_.front().text(names_[direction],
                     {(here.x + far.x) / 2 + away * out.x, (here.y + far.y) / 2 + away * out.y},
                     {letters_.label, black, false, Align::middle, Align::middle, direction == 2});
}

void Scene::draw_axes()
{
  const auto [x, y, z] = std::tie(bounds_[0], bounds_[1], bounds_[2]);
  draw_axis(0, {x[0], y[0], z[0]}, {x[0], y[1], z[0]});
  draw_axis(1, {x[1], y[0], z[0]}, {x[0], y[0], z[0]});
  draw_axis(2, {x[0], y[0], z[0]}, {x[1], y[0], z[0]});
}
} // namespace lowland
