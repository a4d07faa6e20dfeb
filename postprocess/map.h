// The density of two parameters as a colour map over contours of the loss.
#pragma once

#include "axes.h"
#include "field.h"
#include "view.h"

namespace lowland
{
/// One map before it is drawn: the cells in view, refined and laid out in pixels.
struct MapPanel
{
  Box plot;                                  ///< on the page
  Bounds view;                               ///< in parameter space
  vtkSmartPointer<vtkPolyData> surface;      ///< in pixels of `plot`, with the field shown
  vtkSmartPointer<vtkUnstructuredGrid> grid; ///< the cells as the run has them
};

/// What lies on top of the colours.
struct Overlays
{
  std::vector<MarkedPoint> minima;
  bool mesh = false, arrows = false; ///< edges of the cells, arrows along the current
};

/// Prepares the map of one recorded time. Throws InputError if the run lacks the field.
MapPanel make_map(vtkUnstructuredGrid *grid, const Field &field, const Bounds &view,
                  const Box &plot);

/// Draws colours, contours of the loss and the overlays; the field current always has its arrows.
/// Throws InputError if arrows are asked for and the run lacks the current.
void draw_map(Page &page, const MapPanel &map, const Field &field, const ColourScale &scale,
              const Overlays &overlays);

/// Frame with ticks and the parameters' names.
void draw_map_frame(Page &page, const MapPanel &map, const Lettering &letters);
} // namespace lowland
