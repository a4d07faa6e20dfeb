// The field of two parameters as a height, lit from the side.
#include "pictures.h"
#include "scene.h"
#include "title.h"
#include "view.h"

#include <vtkActor.h>
#include <vtkCleanPolyData.h>
#include <vtkPointData.h>
#include <vtkPolyDataMapper.h>
#include <vtkPolyDataNormals.h>
#include <vtkProperty.h>

#include <algorithm>

namespace lowland
{
namespace
{
constexpr int pieces_across = 256;   ///< quadrilaterals along the longest side of the view
constexpr double height_share = 0.5; ///< of the box, relative to the longest side of the view

double longest_side(const Bounds &view)
{
  return std::max(view[0][1] - view[0][0], view[1][1] - view[1][0]);
}

// Points with the field as their height; what lies outside of the view is pulled to its edge.
void lift(vtkPolyData *surface, const Bounds &view, const ColourScale &scale, double stretch)
{
  vtkDataArray *values = surface->GetPointData()->GetScalars();
  for (vtkIdType p = 0; p < surface->GetNumberOfPoints(); ++p)
  {
    double at[3];
    surface->GetPoint(p, at);
    for (int d = 0; d < 2; ++d)
      at[d] = std::clamp(at[d], view[d][0], view[d][1]);
    at[2] = stretch * std::clamp(values->GetComponent(p, 0), scale.lower, scale.upper);
    surface->GetPoints()->SetPoint(p, at);
  }
}

vtkSmartPointer<vtkActor> lit_surface(vtkPolyData *surface, const ColourScale &scale)
{
  vtkNew<vtkCleanPolyData> merge; // cells share points, so that the light falls smoothly
  merge->SetInputData(surface);
  vtkNew<vtkPolyDataNormals> normals;
  normals->SetInputConnection(merge->GetOutputPort());
  normals->SplittingOff();
  normals->ConsistencyOff();
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputConnection(normals->GetOutputPort());
  mapper->SetLookupTable(scale.table());
  mapper->UseLookupTableScalarRangeOn();
  mapper->InterpolateScalarsBeforeMappingOn();
  mapper->Update();
  auto actor = vtkSmartPointer<vtkActor>::New();
  actor->SetMapper(mapper);
  actor->GetProperty()->SetAmbient(0.6);
  actor->GetProperty()->SetDiffuse(0.5);
  return actor;
}

void write_surface(const RunFolder &run, const PictureRequest &request, vtkPolyData *surface,
                   const Bounds &view, const ColourScale &scale, std::size_t index,
                   const std::string &file)
{
  const Field field = field_named(request.field);
  const Lettering letters = lettering_for(request.width, request.height);
  Page page(request.width, request.height);
  const double top = draw_heading(
      page, make_heading(title_of(run, field, index), describe(run), page.width(), letters),
      letters);
  const double stretch = height_share * longest_side(view) / (scale.upper - scale.lower);
  Bounds bounds = view;
  bounds[2] = {scale.lower, scale.upper};
  lift(surface, view, scale, stretch);
  const std::string height = field.log ? "log₁₀ " + field.symbol : field.symbol;
  Scene scene(page, {0, 0, double(page.width()), top}, bounds, {1, 1, stretch}, {"x", "y", height},
              letters);
  scene.add(lit_surface(surface, scale));
  scene.draw_axes();
  page.write(file);
}
} // namespace

void write_surfaces(const RunFolder &run, const PictureRequest &request,
                    const std::vector<std::string> &files)
{
  std::vector<vtkSmartPointer<vtkUnstructuredGrid>> grids;
  for (const std::size_t index : request.indices)
    grids.push_back(run.load(index));
  const Bounds view = view_of(grids, 2);
  std::vector<vtkSmartPointer<vtkPolyData>> surfaces;
  std::vector<vtkSmartPointer<vtkPointSet>> all;
  for (const auto &grid : grids)
  {
    const Fineness fineness = fine_on_screen(view, pieces_across / longest_side(view), 1);
    surfaces.push_back(as_surface(refined_field(grid, field_named(request.field), fineness)));
    all.push_back(surfaces.back());
  }
  const ColourScale scale = scale_for(field_named(request.field), all);
  for (std::size_t i = 0; i < grids.size(); ++i)
    write_surface(run, request, surfaces[i], view, scale, request.indices[i], files[i]);
}
} // namespace lowland
