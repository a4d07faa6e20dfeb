// A box in three dimensions seen from a fixed direction, with ticks along three of its edges.
#pragma once

#include "axes.h"
#include "high_order.h"

#include <vtkProp.h>

namespace lowland
{
/// World coordinates are the axes' values times `stretch`, so that a height can share the box with
/// parameters.
class Scene
{
public:
  /// `names` are those of the three axes; room for their labels is kept free within `area`.
  Scene(Page &page, const Box &area, const Bounds &bounds, const std::array<double, 3> &stretch,
        const std::array<std::string, 3> &names, const Lettering &letters);

  void add(vtkProp *prop);
  /// Where a point, given by the axes' values, lies on the page.
  Point2 on_page(const std::array<double, 3> &point) const;
  /// Draws the ticks and names; the edges of the box are there from the start.
  void draw_axes();

private:
  using Vector = std::array<double, 3>;
  Vector corner(int x, int y, int z) const;
  void place_camera();
  void add_edges();
  void draw_axis(int direction, const Vector &start, const Vector &other_side);

  Page &page_;
  Box area_;
  Bounds bounds_;
  Vector stretch_;
  std::array<std::string, 3> names_;
  Lettering letters_;
  vtkSmartPointer<vtkRenderer> renderer_;
  Point2 centre_;    ///< of the box's picture, in units of the world
  double scale_ = 1; ///< pixels per unit of the world
};
} // namespace lowland
