#include "view.h"

#include <vtkPointData.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowland
{
namespace
{
constexpr double smallest_share = 1e-3, margin = 0.08, flattest = 0.4;

void extend(Bounds &bounds, const double *point)
{
  for (int d = 0; d < 3; ++d)
  {
    bounds[d][0] = std::min(bounds[d][0], point[d]);
    bounds[d][1] = std::max(bounds[d][1], point[d]);
  }
}

Bounds nowhere()
{
  constexpr double far = std::numeric_limits<double>::max();
  return {{{far, -far}, {far, -far}, {far, -far}}};
}

// By the points where the array exceeds a share of its maximum; false if the grid lacks it.
bool extend_by(const char *name, Bounds &bounds, vtkUnstructuredGrid *grid)
{
  vtkDataArray *array = grid->GetPointData()->GetArray(name);
  if (!array)
    return false;
  const bool vector = array->GetNumberOfComponents() > 1;
  const double threshold = smallest_share * array->GetRange(vector ? -1 : 0)[1];
  for (vtkIdType p = 0; p < grid->GetNumberOfPoints(); ++p)
  {
    const double value = vector ? std::hypot(array->GetComponent(p, 0), array->GetComponent(p, 1),
                                             array->GetComponent(p, 2))
                                : array->GetComponent(p, 0);
    if (value > threshold)
      extend(bounds, grid->GetPoint(p));
  }
  return true;
}

// Densities; of a run of `escape` what its reactive paths pass.
void extend_by_what_is_there(Bounds &bounds, vtkUnstructuredGrid *grid)
{
  const bool density = extend_by("rho", bounds, grid);
  const bool known = extend_by("invariant", bounds, grid);
  const bool paths = !density && extend_by("current", bounds, grid);
  if (!density && !known && !paths)
    for (vtkIdType p = 0; p < grid->GetNumberOfPoints(); ++p)
      extend(bounds, grid->GetPoint(p));
}

// Moves and shortens [lower, upper] to lie within the domain.
void keep_within(std::array<double, 2> &side, double lower, double upper)
{
  if (side[0] < lower)
    side = {lower, std::min(side[1] + lower - side[0], upper)};
  if (side[1] > upper)
    side = {std::max(lower, side[0] - (side[1] - upper)), upper};
}
} // namespace

Bounds view_of(const std::vector<vtkSmartPointer<vtkUnstructuredGrid>> &grids, int dimension)
{
  Bounds view = nowhere(), domain = nowhere();
  for (const auto &grid : grids)
  {
    extend_by_what_is_there(view, grid);
    const double *b = grid->GetBounds();
    const double low[3] = {b[0], b[2], b[4]}, high[3] = {b[1], b[3], b[5]};
    extend(domain, low);
    extend(domain, high);
  }
  double longest = 0;
  for (int d = 0; d < dimension; ++d)
    longest = std::max(longest, view[d][1] - view[d][0]);
  for (int d = 0; d < dimension; ++d)
  {
    const double length = std::max(view[d][1] - view[d][0], flattest * longest) * (1 + 2 * margin);
    const double centre = (view[d][0] + view[d][1]) / 2;
    view[d] = {centre - length / 2, centre + length / 2};
    keep_within(view[d], domain[d][0], domain[d][1]);
  }
  return view;
}

Box fit(const Bounds &view, const Box &room)
{
  const double w = view[0][1] - view[0][0], h = view[1][1] - view[1][0];
  const double scale = std::min(room.width / w, room.height / h);
  return {room.centre().x - w * scale / 2, room.centre().y - h * scale / 2, w * scale, h * scale};
}
} // namespace lowland
