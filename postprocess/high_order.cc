#include "high_order.h"

#include <vtkCellArray.h>
#include <vtkCellType.h>
#include <vtkDataArray.h>
#include <vtkDoubleArray.h>
#include <vtkGenericCell.h>
#include <vtkPointData.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <vector>

namespace lowland
{
namespace
{
// The shape functions of one kind of cell at the points of a lattice: weights[point][node].
struct Lattice
{
  int n_pieces, dimension, n_nodes, n_points;
  std::vector<double> weights;
};

int power(int base, int exponent)
{
  return exponent == 0 ? 1 : base * power(base, exponent - 1);
}

Lattice make_lattice(vtkCell *cell, int n_pieces)
{
  const int dimension = cell->GetCellDimension(), n_nodes = cell->GetNumberOfPoints();
  Lattice lattice{n_pieces, dimension, n_nodes, power(n_pieces + 1, dimension), {}};
  lattice.weights.resize(static_cast<std::size_t>(lattice.n_points) * n_nodes);
  for (int p = 0; p < lattice.n_points; ++p)
  {
    double at[3] = {0, 0, 0};
    for (int d = 0, rest = p; d < dimension; ++d, rest /= n_pieces + 1)
      at[d] = double(rest % (n_pieces + 1)) / n_pieces;
    cell->InterpolateFunctions(at, &lattice.weights[static_cast<std::size_t>(p) * n_nodes]);
  }
  return lattice;
}

// The lattice's points of one cell that span its piece number `piece`, in VTK's order.
std::vector<vtkIdType> corners(const Lattice &lattice, int piece, vtkIdType first)
{
  const int n = lattice.n_pieces, row = n + 1;
  const int i = piece % n, j = piece / n % n, k = piece / n / n;
  const vtkIdType o = first + i + row * (j + row * k), up = row * row;
  if (lattice.dimension == 1)
    return {o, o + 1};
  std::vector<vtkIdType> face = {o, o + 1, o + 1 + row, o + row};
  if (lattice.dimension == 3)
    for (int c = 0; c < 4; ++c)
      face.push_back(face[c] + up);
  return face;
}

int linear_type(int dimension)
{
  return dimension == 1 ? VTK_LINE : dimension == 2 ? VTK_QUAD : VTK_HEXAHEDRON;
}

// Collects the refined cells.
class Refinement
{
public:
  explicit Refinement(vtkUnstructuredGrid *grid)
  {
    result_->SetPoints(points_);
    result_->Allocate(grid->GetNumberOfCells());
    for (int a = 0; a < grid->GetPointData()->GetNumberOfArrays(); ++a)
      if (vtkDataArray *source = grid->GetPointData()->GetArray(a))
        add_array(source);
  }

  void add(vtkCell *cell, int n_pieces)
  {
    const Lattice &lattice = lattice_for(cell, n_pieces);
    const vtkIdType first = points_->GetNumberOfPoints();
    for (int p = 0; p < lattice.n_points; ++p)
      add_point(cell, &lattice.weights[static_cast<std::size_t>(p) * lattice.n_nodes]);
    for (int piece = 0; piece < power(n_pieces, lattice.dimension); ++piece)
    {
      const auto ids = corners(lattice, piece, first);
      result_->InsertNextCell(linear_type(lattice.dimension), ids.size(), ids.data());
    }
  }

  vtkSmartPointer<vtkUnstructuredGrid> result() const { return result_; }

private:
  void add_array(vtkDataArray *source)
  {
    auto target = vtkSmartPointer<vtkDoubleArray>::New();
    target->SetName(source->GetName());
    target->SetNumberOfComponents(source->GetNumberOfComponents());
    sources_.push_back(source);
    targets_.push_back(target);
    result_->GetPointData()->AddArray(target);
  }

  const Lattice &lattice_for(vtkCell *cell, int n_pieces)
  {
    const auto key = std::make_tuple(cell->GetCellType(), cell->GetNumberOfPoints(), n_pieces);
    const auto known = lattices_.find(key);
    return known != lattices_.end()
               ? known->second
               : lattices_.emplace(key, make_lattice(cell, n_pieces)).first->second;
  }

  void add_point(vtkCell *cell, const double *weights)
  {
    double at[3] = {0, 0, 0}, node[3];
    for (int n = 0; n < cell->GetNumberOfPoints(); ++n)
    {
      cell->GetPoints()->GetPoint(n, node);
      for (int d = 0; d < 3; ++d)
        at[d] += weights[n] * node[d];
    }
    points_->InsertNextPoint(at);
    for (std::size_t a = 0; a < sources_.size(); ++a)
      for (int c = 0; c < sources_[a]->GetNumberOfComponents(); ++c)
        targets_[a]->InsertNextValue(interpolate(sources_[a], c, cell, weights));
  }

  static double interpolate(vtkDataArray *source, int component, vtkCell *cell,
                            const double *weights)
  {
    double value = 0;
    for (int n = 0; n < cell->GetNumberOfPoints(); ++n)
      value += weights[n] * source->GetComponent(cell->GetPointId(n), component);
    return value;
  }

  vtkSmartPointer<vtkUnstructuredGrid> result_ = vtkSmartPointer<vtkUnstructuredGrid>::New();
  vtkNew<vtkPoints> points_;
  std::vector<vtkDataArray *> sources_;
  std::vector<vtkSmartPointer<vtkDoubleArray>> targets_;
  std::map<std::tuple<int, vtkIdType, int>, Lattice> lattices_;
};

Bounds bounds_of(vtkCell *cell)
{
  double b[6];
  cell->GetBounds(b);
  return {{{b[0], b[1]}, {b[2], b[3]}, {b[4], b[5]}}};
}
} // namespace

vtkSmartPointer<vtkUnstructuredGrid> refine(vtkUnstructuredGrid *grid, const Fineness &fineness)
{
  Refinement refinement(grid);
  vtkNew<vtkGenericCell> cell;
  for (vtkIdType c = 0; c < grid->GetNumberOfCells(); ++c)
  {
    grid->GetCell(c, cell);
    if (const int n_pieces = fineness(bounds_of(cell)); n_pieces > 0)
      refinement.add(cell->GetRepresentativeCell(), n_pieces);
  }
  return refinement.result();
}

Fineness fine_on_screen(const Bounds &view, double pixels_per_length, double pixels)
{
  return [=](const Bounds &cell) {
    double length = 0;
    for (int d = 0; d < 3; ++d)
    {
      if (cell[d][1] < view[d][0] || cell[d][0] > view[d][1])
        return 0;
      length = std::max(length, cell[d][1] - cell[d][0]);
    }
    const double wanted = std::clamp(length * pixels_per_length / pixels, 1., 128.);
    return 1 << std::max(1, static_cast<int>(std::ceil(std::log2(wanted))));
  };
}

vtkSmartPointer<vtkPolyData> as_surface(vtkUnstructuredGrid *quadrilaterals)
{
  auto surface = vtkSmartPointer<vtkPolyData>::New();
  surface->SetPoints(quadrilaterals->GetPoints());
  surface->SetPolys(quadrilaterals->GetCells());
  surface->GetPointData()->ShallowCopy(quadrilaterals->GetPointData());
  return surface;
}
} // namespace lowland
