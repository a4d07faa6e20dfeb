#include "view.h"

#include <vtkPointData.h>

#include <algorithm>
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

void extend_by_density(Bounds &bounds, vtkUnstructuredGrid *grid)
{
  vtkDataArray *rho = grid->GetPointData()->GetArray("rho");
  const double threshold = rho ? smallest_share * rho->GetRange()[1] : 0;
  for (vtkIdType p = 0; p < grid->GetNumberOfPoints(); ++p)
    if (!rho || rho->GetComponent(p, 0) > threshold)
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
    extend_by_density(view, grid);
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
