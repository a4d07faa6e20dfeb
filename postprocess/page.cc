#include "page.h"

#include "input/errors.h"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkImageShrink3D.h>
#include <vtkPNGWriter.h>
#include <vtkPointData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkTextActor.h>
#include <vtkTextProperty.h>
#include <vtkTextRenderer.h>
#include <vtkTransform.h>
#include <vtkTransformPolyDataFilter.h>
#include <vtkWindowToImageFilter.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace lowland
{
namespace
{
// Everything is drawn this much larger and then averaged, which smooths lines and text.
constexpr int oversampling = 2;

// The fonts that come with VTK have no Greek.
const char *font_file(bool bold)
{
  static const char *regular = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
  static const char *strong = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf";
  return bold ? strong : regular;
}

void set_font(vtkTextProperty *property, const TextStyle &style)
{
  if (std::filesystem::exists(font_file(style.bold)))
  {
    property->SetFontFamily(VTK_FONT_FILE);
    property->SetFontFile(font_file(style.bold));
  }
  else
    property->SetBold(style.bold);
  property->SetFontSize(static_cast<int>(std::lround(style.size * oversampling)));
  property->SetColor(style.colour.data());
  property->SetOrientation(style.upright ? 90 : 0);
}

// VTK renders at 72 dots per inch unless told otherwise, so that a point is a pixel.
constexpr int dots_per_inch = 72;

Polyline circle(Point2 centre, double radius)
{
  constexpr int n = 48;
  Polyline points;
  for (int i = 0; i <= n; ++i)
    points.push_back({centre.x + radius * std::cos(2 * M_PI * i / n),
                      centre.y + radius * std::sin(2 * M_PI * i / n)});
  return points;
}

vtkSmartPointer<vtkPolyData> mesh_of(const std::vector<Polyline> &lines, bool filled)
{
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> cells;
  for (const auto &line : lines)
  {
    cells->InsertNextCell(static_cast<int>(line.size()));
    for (const auto &point : line)
      cells->InsertCellPoint(points->InsertNextPoint(point.x, point.y, 0));
  }
  auto mesh = vtkSmartPointer<vtkPolyData>::New();
  mesh->SetPoints(points);
  if (filled)
    mesh->SetPolys(cells);
  else
    mesh->SetLines(cells);
  return mesh;
}

// Cuts a line into strokes of `on` pixels with gaps of `off`.
std::vector<Polyline> dashes(const Polyline &line, double on, double off)
{
  std::vector<Polyline> strokes;
  double place = 0; // within the current period
  for (std::size_t i = 1; i < line.size(); ++i)
  {
    const Point2 a = line[i - 1], b = line[i];
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    for (double s = 0; s < length;)
    {
      const bool drawn = place < on;
      const double step = std::min(length - s, (drawn ? on : on + off) - place + 1e-9);
      const auto at = [&](double t) {
        return Point2{a.x + (b.x - a.x) * t / length, a.y + (b.y - a.y) * t / length};
      };
      if (drawn)
        strokes.push_back({at(s), at(s + step)});
      s += step;
      place = std::fmod(place + step, on + off);
    }
  }
  return strokes;
}

vtkSmartPointer<vtkRenderer> renderer_over(vtkRenderWindow *window, const Box &box, int layer)
{
  const double w = window->GetSize()[0], h = window->GetSize()[1];
  auto renderer = vtkSmartPointer<vtkRenderer>::New();
  renderer->SetViewport(box.left * oversampling / w, box.bottom * oversampling / h,
                        box.right() * oversampling / w, box.top() * oversampling / h);
  renderer->SetLayer(layer);
  window->AddRenderer(renderer);
  return renderer;
}
} // namespace

Canvas::Canvas(vtkRenderWindow *window, const Box &box, int layer)
    : box_(box), renderer_(renderer_over(window, box, layer))
{
  renderer_->SetBackground(1, 1, 1);
  vtkCamera *camera = renderer_->GetActiveCamera();
  camera->ParallelProjectionOn();
  camera->SetFocalPoint(box.width / 2, box.height / 2, 0);
  camera->SetPosition(box.width / 2, box.height / 2, 1000);
  camera->SetParallelScale(box.height / 2);
  camera->SetClippingRange(1, 1001);
}

vtkSmartPointer<vtkPolyData> Canvas::lifted(vtkPolyData *mesh)
{
  vtkNew<vtkTransform> up;
  up->Translate(0, 0, height_ += 0.5);
  vtkNew<vtkTransformPolyDataFilter> filter;
  filter->SetTransform(up);
  filter->SetInputData(mesh);
  filter->Update();
  return filter->GetOutput();
}

void Canvas::plain(vtkPolyData *mesh, const LineStyle &style)
{
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(lifted(mesh));
  mapper->ScalarVisibilityOff();
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->LightingOff();
  actor->GetProperty()->SetColor(style.colour[0], style.colour[1], style.colour[2]);
  actor->GetProperty()->SetOpacity(style.opacity);
  actor->GetProperty()->SetLineWidth(static_cast<float>(style.width * oversampling));
  renderer_->AddActor(actor);
}

void Canvas::coloured(vtkPolyData *mesh, const ColourScale &scale)
{
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(lifted(mesh));
  mapper->SetLookupTable(scale.table());
  mapper->UseLookupTableScalarRangeOn();
  mapper->InterpolateScalarsBeforeMappingOn();
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->LightingOff();
  renderer_->AddActor(actor);
}

void Canvas::fill(const Box &area, const Colour &colour, double opacity)
{
  const Polyline corners = {{area.left, area.bottom},
                            {area.right(), area.bottom},
                            {area.right(), area.top()},
                            {area.left, area.top()}};
  plain(mesh_of({corners}, true), {colour, 1, opacity});
}

void Canvas::line(const Polyline &points, const LineStyle &style)
{
  lines({points}, style);
}

void Canvas::lines(const std::vector<Polyline> &lines, const LineStyle &style)
{
  if (!style.dashed)
    return plain(mesh_of(lines, false), style);
  std::vector<Polyline> strokes;
  for (const auto &line : lines)
    for (auto &stroke : dashes(line, 6, 4))
      strokes.push_back(stroke);
  plain(mesh_of(strokes, false), style);
}

void Canvas::disc(Point2 centre, double radius, const Colour &colour)
{
  plain(mesh_of({circle(centre, radius)}, true), {colour});
}

void Canvas::text(const std::string &text, Point2 at, const TextStyle &style)
{
  vtkNew<vtkTextActor> actor;
  actor->SetInput(text.c_str());
  actor->SetTextScaleModeToNone();
  set_font(actor->GetTextProperty(), style);
  // Placed by its measured extent: VTK's own justification of turned text differs between fonts.
  const Point2 extent = text_extent(text, style);
  const double w = style.upright ? extent.y : extent.x, h = style.upright ? extent.x : extent.y;
  const auto shift = [](Align align) {
    return align == Align::low ? 0. : align == Align::middle ? 0.5 : 1.;
  };
  actor->GetTextProperty()->SetJustificationToLeft();
  actor->GetTextProperty()->SetVerticalJustificationToBottom();
  double x = at.x - shift(style.horizontal) * w, y = at.y - shift(style.vertical) * h;
  if (style.upright)
    x += w; // the anchor of upright text is its lower right corner
  actor->SetPosition(std::round(x * oversampling), std::round(y * oversampling));
  renderer_->AddActor(actor);
}

Point2 text_extent(const std::string &text, const TextStyle &style)
{
  vtkNew<vtkTextProperty> property;
  TextStyle level = style;
  level.upright = false;
  set_font(property, level);
  int bounds[4] = {0, 0, 0, 0};
  vtkTextRenderer::GetInstance()->GetBoundingBox(property, text, bounds, dots_per_inch);
  return {double(bounds[1] - bounds[0] + 1) / oversampling,
          double(bounds[3] - bounds[2] + 1) / oversampling};
}

TextStyle fitting(const std::string &text, TextStyle style, double width)
{
  constexpr double smallest = 4;
  while (style.size > smallest && text_extent(text, style).x > width)
    style.size *= 0.95;
  return style;
}

namespace
{
bool begins_character(char byte)
{
  return (byte & 0xc0) != 0x80; // not the rest of a character of several bytes
}

// The length of the longest start of `text`, at least one character, that is no wider than `width`
// and ends before a blank; before any character if the first word alone is too long.
std::size_t length_within(const std::string &text, const TextStyle &style, double width)
{
  const auto fits = [&](std::size_t length) {
    return text_extent(text.substr(0, length), style).x <= width;
  };
  std::size_t end = text.size();
  while (end != std::string::npos && end > 0 && !fits(end))
    end = text.find_last_of(' ', end - 1);
  if (end != std::string::npos && end > 0)
    return end;
  end = std::min(text.find(' '), text.size());
  do
    --end;
  while (end > 1 && (!begins_character(text[end]) || !fits(end)));
  return std::max<std::size_t>(end, 1);
}
} // namespace

std::vector<std::string> lines_within(const std::string &text, const TextStyle &style, double width)
{
  std::vector<std::string> lines;
  std::string rest = text;
  while (!rest.empty())
  {
    const std::size_t length = length_within(rest, style, width);
    lines.push_back(rest.substr(0, length));
    rest.erase(0, length);
    rest.erase(0, rest.find_first_not_of(' '));
  }
  return lines;
}

Page::Page(int width, int height) : width_(width), height_(height)
{
  window_ = vtkSmartPointer<vtkRenderWindow>::New();
  window_->SetOffScreenRendering(1);
  window_->SetMultiSamples(0);
  window_->SetDPI(dots_per_inch);
  window_->SetSize(width * oversampling, height * oversampling);
  window_->SetNumberOfLayers(2);
  const Box all{0, 0, double(width), double(height)};
  renderer_over(window_, all, 0)->SetBackground(1, 1, 1);
  front_ = std::make_unique<Canvas>(window_, all, 1);
}

Canvas Page::panel(const Box &box)
{
  return Canvas(window_, box, 0);
}

vtkSmartPointer<vtkRenderer> Page::scene(const Box &box)
{
  auto renderer = renderer_over(window_, box, 0);
  renderer->SetBackground(1, 1, 1);
  return renderer;
}

void Page::write(const std::string &file)
{
  window_->Render();
  vtkNew<vtkWindowToImageFilter> grab;
  grab->SetInput(window_);
  grab->SetInputBufferTypeToRGB();
  grab->ReadFrontBufferOff();
  grab->ShouldRerenderOff();
  vtkNew<vtkImageShrink3D> average;
  average->SetInputConnection(grab->GetOutputPort());
  average->SetShrinkFactors(oversampling, oversampling, 1);
  average->MeanOn();
  vtkNew<vtkPNGWriter> writer;
  writer->SetFileName(file.c_str());
  writer->SetInputConnection(average->GetOutputPort());
  writer->Write();
  if (writer->GetErrorCode() != 0)
    throw OutputError("cannot write the picture " + file + ".");
}
} // namespace lowland
