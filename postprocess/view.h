// Which part of parameter space a picture shows.
#pragma once

#include "high_order.h"
#include "page.h"

#include <vector>

namespace lowland
{
/// The part of the domain where the density of any of the grids, or the invariant one, exceeds 1e-3 of
/// its maximum (of a run of `escape` the current of reactive paths), with a margin, and no side shorter than
/// 2/5 of the longest. In a huge box this is the small part where something happens.
Bounds view_of(const std::vector<vtkSmartPointer<vtkUnstructuredGrid>> &grids, int dimension);

/// The largest box with the view's proportions in `room`, centred.
Box fit(const Bounds &view, const Box &room);
} // namespace lowland
