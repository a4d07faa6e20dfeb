// The density of one parameter: curves at several times, the invariant density, the loss.
#pragma once

#include "field.h"
#include "plot.h"
#include "view.h"

namespace lowland
{
/// A field along the line, sorted by x. Throws InputError if the run lacks it.
Curve field_curve(vtkUnstructuredGrid *grid, const Field &field, const Bounds &view,
                  double pixels_per_length);

/// Colours from dark (early) to light (late) for n curves.
Colour colour_of_time(std::size_t i, std::size_t n);

/// The curves of one panel: the field at some times, and for the density the invariant one.
std::vector<Curve> time_curves(const std::vector<vtkSmartPointer<vtkUnstructuredGrid>> &grids,
                               const std::vector<double> &times, const Field &field,
                               const Bounds &view, double pixels_per_length);

/// Draws them in `plot` with frame and legend, and the loss on a second axis unless it is the
/// field. The value axis holds all curves of `scaled_to`, which a film keeps over its frames.
void draw_curve_panel(Page &page, const Box &plot, const Bounds &view, const Field &field,
                      const std::vector<Curve> &curves, const std::vector<Curve> &scaled_to,
                      vtkUnstructuredGrid *grid, const Lettering &letters);
} // namespace lowland
