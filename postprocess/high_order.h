// High-order cells cut into small linear ones, finely enough for a picture.
#pragma once

#include <vtkPolyData.h>
#include <vtkSmartPointer.h>
#include <vtkUnstructuredGrid.h>

#include <array>
#include <functional>

namespace lowland
{
/// A box in parameter space, one row per axis: {lower, upper}.
using Bounds = std::array<std::array<double, 2>, 3>;

/// Into how many pieces per direction a cell with these bounds is to be cut; 0 leaves it out.
using Fineness = std::function<int(const Bounds &cell)>;

/// Each line, quadrilateral or hexahedron as a lattice of linear ones. Points and all point data
/// are evaluated with the cell's own polynomials (VTK's Lagrange cells), so nothing is smoothed.
vtkSmartPointer<vtkUnstructuredGrid> refine(vtkUnstructuredGrid *grid, const Fineness &fineness);

/// Pieces of about `pixels` on the screen, as a power of two so that neighbours' lattices match;
/// cells outside `view` are left out, curved or high-order ones get at least two pieces.
Fineness fine_on_screen(const Bounds &view, double pixels_per_length, double pixels = 4);

/// The same cells as vtkPolyData.
vtkSmartPointer<vtkPolyData> as_surface(vtkUnstructuredGrid *quadrilaterals);
} // namespace lowland
