#include "curves.h"

#include "numbers.h"
#include "pictures.h"
#include "title.h"

#include <vtkCellArray.h>
#include <vtkPointData.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace lowland
{
namespace
{
// The invariant density for the same scale as the field's.
Field invariant_like(const Field &field)
{
  return {"invariant",
          field.log ? "log10_invariant" : "invariant",
          "invariant density π",
          "π",
          field.map,
          field.log};
}

Curve sorted(const Curve &curve)
{
  std::vector<std::size_t> order(curve.x.size());
  std::iota(order.begin(), order.end(), 0);
  // Stable, so that a jump between two cells keeps its side.
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return curve.x[a] < curve.x[b]; });
  Curve result{curve.name, {}, {}, curve.style};
  for (const std::size_t i : order)
  {
    result.x.push_back(curve.x[i]);
    result.y.push_back(curve.y[i]);
  }
  return result;
}

// On a log scale the field holds decimal logarithms: back to numbers.
void undo_logarithm(Curve &curve, const Field &field)
{
  if (field.log)
    for (auto &y : curve.y)
      y = std::pow(10., y);
}

Axis value_axis(const std::vector<Curve> &curves, const Axis &x, const Field &field)
{
  auto [low, high] = range_of(curves, x, field.log);
  if (field.log)
    return log_axis(std::max(low, high * 1e-10), high, field.label);
  if (low > -0.02 * high) // undershoots that no one sees would double the axis
    low = 0;
  return rounded_axis(std::min(0., low), high * 1.05, field.label);
}

struct LossCurve
{
  Curve curve;
  Axis axis;
};

LossCurve loss_curve(vtkUnstructuredGrid *grid, const Bounds &view, const Axis &x, double width)
{
  Curve loss = field_curve(grid, field_named("loss"), view, width / (x.upper - x.lower));
  loss.style = {orange, 1.4, 0.9, true};
  const auto [low, high] = range_of({loss}, x);
  return {loss, rounded_axis(low, high, "loss f (dashed)")};
}

void load_times(const RunFolder &run, const PictureRequest &request,
                std::vector<vtkSmartPointer<vtkUnstructuredGrid>> &grids,
                std::vector<double> &times)
{
  for (const std::size_t index : request.indices)
  {
    grids.push_back(run.load(index));
    times.push_back(run.times()[index]);
  }
}

Box room_for_curves(const Page &page, double top, const Lettering &letters)
{
  const double side = 5.5 * letters.tick + 18, bottom = 3.5 * letters.tick + 18;
  return {side, bottom, page.width() - 2 * side, top - bottom - 1.8 * letters.tick};
}

Heading heading_of(const Page &page, const RunFolder &run, const Field &field,
                   const std::vector<std::size_t> &indices, const Lettering &letters)
{
  const std::string title = indices.size() == 1 || run.is_escape()
                                ? title_of(run, field, indices[0])
                                : field.label +
                                      " from t = " + pretty_number(run.times()[indices.front()]) +
                                      " to " + pretty_number(run.times()[indices.back()]);
  return make_heading(title, describe(run), page.width(), letters);
}
} // namespace

Curve field_curve(vtkUnstructuredGrid *grid, const Field &field, const Bounds &view,
                  double pixels_per_length)
{
  const auto pieces = refined_field(grid, field, fine_on_screen(view, pixels_per_length, 3));
  Curve curve;
  for (vtkIdType p = 0; p < pieces->GetNumberOfPoints(); ++p)
  {
    curve.x.push_back(pieces->GetPoint(p)[0]);
    curve.y.push_back(pieces->GetPointData()->GetScalars()->GetComponent(p, 0));
  }
  undo_logarithm(curve, field);
  return sorted(curve);
}

Colour colour_of_time(std::size_t i, std::size_t n)
{
  return colour_at(ColourMap::sequential, n < 2 ? 0.35 : 0.88 * double(i) / (n - 1));
}

std::vector<Curve> time_curves(const std::vector<vtkSmartPointer<vtkUnstructuredGrid>> &grids,
                               const std::vector<double> &times, const Field &field,
                               const Bounds &view, double pixels_per_length)
{
  std::vector<Curve> curves;
  if ((field.option == "rho" || field.option == "log-rho") && has_field(grids.back(), "invariant"))
  {
    curves.push_back(field_curve(grids.back(), invariant_like(field), view, pixels_per_length));
    curves.back().name = "invariant π";
    curves.back().style = {light_grey, 7};
  }
  for (std::size_t i = 0; i < grids.size(); ++i)
  {
    curves.push_back(field_curve(grids[i], field, view, pixels_per_length));
    curves.back().name = grids.size() > 1 ? "t = " + pretty_number(times[i]) : field.symbol;
    curves.back().style = {colour_of_time(i, grids.size()), 2.2};
  }
  return curves;
}

void draw_curve_panel(Page &page, const Box &plot, const Bounds &view, const Field &field,
                      const std::vector<Curve> &curves, const std::vector<Curve> &scaled_to,
                      vtkUnstructuredGrid *grid, const Lettering &letters)
{
  const Axis x{view[0][0], view[0][1], false, "x"};
  const Axis y = value_axis(scaled_to, x, field);
  Canvas canvas = page.panel(plot);
  if (field.option != "loss" && has_field(grid, "loss"))
  {
    const LossCurve loss = loss_curve(grid, view, x, plot.width);
    draw_curves(canvas, x, loss.axis, {loss.curve});
    draw_right_axis(page.front(), plot, loss.axis, letters, orange);
  }
  draw_curves(canvas, x, y, curves);
  draw_frame(page.front(), plot, x, y, letters);
  draw_legend(page.front(), plot, legend_of(curves), letters);
}

void write_curves(const RunFolder &run, const PictureRequest &request, const std::string &file)
{
  const Lettering letters = lettering_for(request.width, request.height);
  const Field field = field_named(request.field);
  std::vector<vtkSmartPointer<vtkUnstructuredGrid>> grids;
  std::vector<double> times;
  load_times(run, request, grids, times);
  Page page(request.width, request.height);
  const double top =
      draw_heading(page, heading_of(page, run, field, request.indices, letters), letters);
  const Bounds view = view_of(grids, 1);
  const Box plot = room_for_curves(page, top, letters);
  const auto curves =
      time_curves(grids, times, field, view, plot.width / (view[0][1] - view[0][0]));
  draw_curve_panel(page, plot, view, field, curves, curves, grids.back(), letters);
  page.write(file);
}

void write_curve_frames(const RunFolder &run, const PictureRequest &request,
                        const std::vector<std::string> &files)
{
  const Lettering letters = lettering_for(request.width, request.height);
  const Field field = field_named(request.field);
  std::vector<vtkSmartPointer<vtkUnstructuredGrid>> grids;
  std::vector<double> times;
  load_times(run, request, grids, times);
  const Bounds view = view_of(grids, 1);
  const double pixels = request.width / (view[0][1] - view[0][0]);
  const auto all = time_curves(grids, times, field, view, pixels);
  for (std::size_t i = 0; i < files.size(); ++i)
  {
    Page page(request.width, request.height);
    const double top =
        draw_heading(page, heading_of(page, run, field, {request.indices[i]}, letters), letters);
    draw_curve_panel(page, room_for_curves(page, top, letters), view, field,
                     time_curves({grids[i]}, {times[i]}, field, view, pixels), all, grids[i],
                     letters);
    page.write(files[i]);
  }
}

std::vector<std::size_t> spread_times(const RunFolder &run, std::size_t n)
{
  const auto &times = run.times();
  const std::size_t last = times.size() - 1;
  const double length = times[last] - times[0],
               first_step = last > 0 && times[1] > times[0] ? times[1] - times[0] : 1;
  std::set<std::size_t> chosen = {0, last};
  for (std::size_t k = 1; k + 1 < n; ++k)
  {
    const double share = double(k) / (n - 1);
    const double wanted = times[0] + first_step * (std::pow(1 + length / first_step, share) - 1);
    const auto distance = [&](double time) { return std::abs(time - wanted); };
    const auto nearest = std::min_element(
        times.begin(), times.end(), [&](double a, double b) { return distance(a) < distance(b); });
    chosen.insert(nearest - times.begin());
  }
  return {chosen.begin(), chosen.end()};
}
} // namespace lowland
