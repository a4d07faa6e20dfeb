// The density of three parameters as nested translucent shells in a box with axes.
#pragma once

#include "axes.h"
#include "field.h"
#include "view.h"

namespace lowland
{
/// The value of the field on each shell, outermost first; a log field counts in decades.
std::vector<double> shell_levels(const ColourScale &scale);

/// The field refined for shells in a picture of that width, as active scalars. Throws InputError if
/// the run lacks it.
vtkSmartPointer<vtkUnstructuredGrid> make_volume(vtkUnstructuredGrid *grid, const Field &field,
                                                 const Bounds &view, double pixels);

/// Draws the shells and the box with ticks in `area` of the page.
void draw_volume(Page &page, const Box &area, vtkUnstructuredGrid *volume, const Bounds &view,
                 const ColourScale &scale, const std::vector<MarkedPoint> &minima,
                 const Lettering &letters);

/// A colour bar on which the shells' values are marked.
void draw_shell_bar(Page &page, const Box &bar, const Field &field, const ColourScale &scale,
                    const Lettering &letters);
} // namespace lowland
