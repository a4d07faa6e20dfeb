#include "synthetic_run.h"

#include <vtkCellType.h>
#include <vtkDoubleArray.h>
#include <vtkHigherOrderHexahedron.h>
#include <vtkHigherOrderQuadrilateral.h>
#include <vtkPointData.h>
#include <vtkUnstructuredGrid.h>
#include <vtkXMLUnstructuredGridWriter.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace lowland::test
{
namespace
{
constexpr int n_cells = 8; ///< per direction
constexpr double half_width = 2, deviation = 0.2;
using Point = std::array<double, 3>;

int degree_in(int dimension)
{
  return dimension == 1 ? 1 : dimension == 2 ? 4 : 2;
}

int cell_type(int dimension)
{
  return dimension == 1   ? VTK_LINE
         : dimension == 2 ? VTK_LAGRANGE_QUADRILATERAL
                          : VTK_LAGRANGE_HEXAHEDRON;
}

// VTK's place of the node (i, j, k) within a cell.
int place(int dimension, int i, int j, int k)
{
  const int p = degree_in(dimension), order[3] = {p, p, p};
  return dimension == 1   ? i
         : dimension == 2 ? vtkHigherOrderQuadrilateral::PointIndexFromIJK(i, j, order)
                          : vtkHigherOrderHexahedron::PointIndexFromIJK(i, j, k, order);
}

void add_cell(vtkUnstructuredGrid *grid, int dimension, const std::array<int, 3> &cell)
{
  const int p = degree_in(dimension), n = p + 1;
  const int n_j = dimension > 1 ? n : 1, n_k = dimension > 2 ? n : 1;
  const int fine = dimension == 1 ? 32 : n_cells;
  std::vector<vtkIdType> ids(static_cast<std::size_t>(n * n_j * n_k));
  for (int k = 0; k < n_k; ++k)
    for (int j = 0; j < n_j; ++j)
      for (int i = 0; i < n; ++i)
      {
        const int offset[3] = {i, j, k};
        Point at{0, 0, 0};
        for (int d = 0; d < dimension; ++d)
          at[d] = half_width * (2 * (cell[d] + double(offset[d]) / p) / fine - 1);
        ids[place(dimension, i, j, k)] = grid->GetPoints()->InsertNextPoint(at.data());
      }
  grid->InsertNextCell(cell_type(dimension), ids.size(), ids.data());
}

double gaussian(const double *at, int dimension, double centre)
{
  double square = std::pow(at[0] - centre, 2);
  for (int d = 1; d < dimension; ++d)
    square += at[d] * at[d];
  return std::exp(-square / (2 * deviation * deviation)) /
         std::pow(2 * M_PI * deviation * deviation, dimension / 2.);
}

// J = (-y, x, 0) times the first array, or along x if `straight`.
void add_current(vtkUnstructuredGrid *grid, const char *name, bool straight)
{
  vtkNew<vtkDoubleArray> array;
  array->SetName(name);
  array->SetNumberOfComponents(3);
  for (vtkIdType p = 0; p < grid->GetNumberOfPoints(); ++p)
  {
    const double *x = grid->GetPoint(p);
    const double size = grid->GetPointData()->GetArray(0)->GetComponent(p, 0);
    if (straight)
      array->InsertNextTuple3(std::exp(-x[1] * x[1]), 0, 0);
    else
      array->InsertNextTuple3(-x[1] * size, x[0] * size, 0);
  }
  grid->GetPointData()->AddArray(array);
}

template <typename Value>
void add_data(vtkUnstructuredGrid *grid, const char *name, const Value &value)
{
  vtkNew<vtkDoubleArray> array;
  array->SetName(name);
  for (vtkIdType p = 0; p < grid->GetNumberOfPoints(); ++p)
    array->InsertNextValue(value(grid->GetPoint(p)));
  grid->GetPointData()->AddArray(array);
}

vtkSmartPointer<vtkUnstructuredGrid> empty_grid(int dimension)
{
  auto grid = vtkSmartPointer<vtkUnstructuredGrid>::New();
  grid->SetPoints(vtkNew<vtkPoints>());
  grid->GetPoints()->SetDataTypeToDouble();
  const int fine = dimension == 1 ? 32 : n_cells;
  for (int k = 0; k < (dimension > 2 ? fine : 1); ++k)
    for (int j = 0; j < (dimension > 1 ? fine : 1); ++j)
      for (int i = 0; i < fine; ++i)
        add_cell(grid, dimension, {i, j, k});
  return grid;
}

double quadratic(const double *x)
{
  return (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) / 2;
}

vtkSmartPointer<vtkUnstructuredGrid> make_grid(int dimension, double centre, double last)
{
  auto grid = empty_grid(dimension);
  add_data(grid, "rho", [&](const double *x) { return gaussian(x, dimension, centre); });
  add_data(grid, "invariant", [&](const double *x) { return gaussian(x, dimension, last); });
  add_data(grid, "loss", quadratic);
  if (dimension > 1)
    add_current(grid, "current", false);
  return grid;
}

void write_grid(const std::string &file, vtkUnstructuredGrid *grid)
{
  vtkNew<vtkXMLUnstructuredGridWriter> writer;
  writer->SetFileName(file.c_str());
  writer->SetInputData(grid);
  writer->Write();
}
} // namespace

void write_run(const std::string &folder, int dimension, const std::vector<double> &times,
               double start, double end)
{
  std::filesystem::create_directories(folder + "/fields");
  std::ofstream pvd(folder + "/density.pvd"), observables(folder + "/observables.csv");
  pvd << "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\">\n<Collection>\n";
  observables << "time [time],expected_loss [loss],l1_to_invariant [-]\n";
  for (std::size_t i = 0; i < times.size(); ++i)
  {
    const std::string file = "fields/density_" + std::to_string(i) + ".vtu";
    const double share = times.size() > 1 ? double(i) / (times.size() - 1) : 1;
    write_grid(folder + "/" + file, make_grid(dimension, start + share * (end - start), end));
    pvd << "<DataSet timestep=\"" << times[i] << "\" part=\"0\" file=\"" << file << "\"/>\n";
    observables << times[i] << ',' << 1 - share / 2 << ',' << std::exp(-times[i]) << '\n';
  }
  pvd << "</Collection>\n</VTKFile>\n";
  std::ofstream(folder + "/summary.json") << "{\"task\": \"evolve\", \"noise\": \"isotropic\", "
                                             "\"learning_rate\": 0.1, \"intensity\": 1}\n";
}

void write_escape(const std::string &folder)
{
  std::filesystem::create_directories(folder + "/fields");
  for (const bool back : {false, true})
  {
    const auto grid = empty_grid(2);
    add_data(grid, "committor", [&](const double *x) {
      const double q = (x[0] + half_width) / (2 * half_width);
      return back ? 1 - q : q;
    });
    add_data(grid, "loss", quadratic);
    add_data(grid, "invariant", [](const double *x) { return std::exp(-quadratic(x)); });
    add_current(grid, "reactive_current", true);
    write_grid(folder + "/fields/escape_1_" + (back ? "others" : "2") + ".vtu", grid);
  }
  std::ofstream(folder + "/summary.json") << "{\"task\": \"escape\", \"noise\": \"isotropic\"}\n";
}

void write_exit_time(const std::string &folder)
{
  std::filesystem::create_directories(folder + "/fields");
  const auto grid = empty_grid(2);
  add_data(grid, "mean_exit_time",
           [](const double *x) { return (x[0] + half_width) / (2 * half_width); });
  write_grid(folder + "/fields/exit_time.vtu", grid);
  std::ofstream(folder + "/summary.json") << "{\"task\": \"escape\", \"noise\": \"isotropic\"}\n";
}
} // namespace lowland::test
