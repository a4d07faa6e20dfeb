// What is read back from the field files: they say as much as the answer, also where the mesh has been coarsened
// to suit u, which is smooth when rho is not. Reference values: closed forms. Tolerances: the program promises an
// L1 error of 3 times its tolerance, the files mass 1 to the tolerance.
#include "support.h"

#include "tasks/tasks.h"

#include <vtkCell.h>
#include <vtkDataArray.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkUnstructuredGrid.h>
#include <vtkXMLUnstructuredGridReader.h>

#include <deal.II/base/quadrature_lib.h>

#include <cmath>

using namespace lowland;

namespace
{
/// A file whose cells are boxes.
template <int dim>
class FieldFile
{
public:
  explicit FieldFile(const std::string &file)
  {
    reader_->SetFileName(file.c_str());
    reader_->Update();
  }

  /// int g(x, F(x)) dx of the polynomials F of a scalar field.
  double integral(const char *field,
                  const std::function<double(const Coordinates &, double)> &g) const
  {
    vtkUnstructuredGrid *grid = reader_->GetOutput();
    vtkDataArray *values = grid->GetPointData()->GetArray(field);
    double sum = 0;
    for (vtkIdType c = 0; c < grid->GetNumberOfCells(); ++c)
      sum += integral(grid->GetCell(c), values, g);
    return sum;
  }

private:
  double integral(vtkCell *cell, vtkDataArray *values,
                  const std::function<double(const Coordinates &, double)> &g) const
  {
    double bounds[6], sum = 0;
    cell->GetBounds(bounds);
    const int n = cell->GetNumberOfPoints();
    std::vector<double> shapes(n);
    for (unsigned int q = 0; q < quadrature_.size(); ++q)
    {
      double unit[3] = {0, 0, 0}, weight = quadrature_.weight(q), value = 0;
      Coordinates x{};
      for (int d = 0; d < dim; ++d)
      {
        const double length = bounds[2 * d + 1] - bounds[2 * d];
        unit[d] = quadrature_.point(q)[d];
        x[d] = bounds[2 * d] + unit[d] * length;
        weight *= length;
      }
      cell->InterpolateFunctions(unit, shapes.data());
      for (int i = 0; i < n; ++i)
        value += shapes[i] * values->GetTuple1(cell->GetPointId(i));
      sum += weight * g(x, value);
    }
    return sum;
  }

  const dealii::QGauss<dim> quadrature_ = dealii::QGauss<dim>(dim == 1 ? 3 : 8);
  vtkNew<vtkXMLUnstructuredGridReader> reader_;
};

/// rho and the invariant density in the files of these times; `density` at a time.
template <int dim>
void expect_accurate(const Settings &settings, double tolerance, const std::vector<double> &times,
                     const std::function<Density(double)> &density, const Density &invariant)
{
  Settings all =
      settings + Settings{"Dimension=" + std::to_string(dim), assign("Time/Tolerance", tolerance),
                          assign("Time/End", times.back()), "Time/Output times="};
  for (const double time : times)
    all.back() += (time == times.front() ? "" : ", ") + std::to_string(time);
  run_summary(evolve, all, [&](const std::string &folder) {
    for (std::size_t k = 0; k < times.size(); ++k)
    {
      SCOPED_TRACE("t = " + std::to_string(times[k]));
      const FieldFile<dim> file(folder + "/fields/density_000" + std::to_string(k) + ".vtu");
      const auto expect_field = [&](const char *field, const Density &exact) {
        SCOPED_TRACE(field);
        EXPECT_NEAR(file.integral(field, [](const Coordinates &, double value) { return value; }),
                    1, tolerance);
        EXPECT_LE(file.integral(field, [&](const Coordinates &x,
                                           double value) { return std::abs(value - exact(x)); }),
                  l1_promise * tolerance);
      };
      expect_field("rho", density(times[k]));
      expect_field("invariant", invariant);
    }
  });
}

template <int dim>
void expect_accurate(const Settings &settings, double tolerance, const OrnsteinUhlenbeck<dim> &law)
{
  const auto density = [&](double time) {
    return [gaussian = law.at(time)](const Coordinates &x) { return gaussian.density(x); };
  };
  expect_accurate<dim>(settings, tolerance, {0.25, 20}, density,
                       [&](const Coordinates &x) { return law.invariant().density(x); });
}
} // namespace

TEST(FieldFile, SaysAsMuchAsTheAnswerOnTheLine)
{
  OrnsteinUhlenbeck<1> law;
  law.hessian[0][0] = 1.5;
  law.k = 0.2;
  law.mean[0] = 1;
  law.deviation = 0.2;
  const Settings settings = {"Noise/Learning rate=0.2",  "Noise/Intensity=1",
                             "Landscape/Kind=quadratic", "Landscape/Constants=a=1.5",
                             "Initial density/Mean=1",   "Initial density/Standard deviation=0.2"};
  for (const double tolerance : {1e-3, 1e-6})
    expect_accurate(settings, tolerance, law);
}

TEST(FieldFile, SaysAsMuchAsTheAnswerInThePlane)
{
  const Settings settings =
      Settings{"Noise/Learning rate=0.2", "Noise/Intensity=1"} + tilted_plane();
  for (const double tolerance : {1e-3, 1e-5})
    expect_accurate(settings, tolerance, tilted_plane_law());
}

/// u becomes constant, and the whole domain nine cells.
TEST(FieldFile, SaysAsMuchAsTheAnswerOnTheTorus)
{
  const auto boltzmann = [](const Coordinates &x) {
    return std::exp(-(0.3 * std::cos(x[0]) + (1 + std::cos(x[0]) / 2) * (1 - std::cos(x[1]))) /
                    0.4);
  };
  const int n = 64; // the trapezoidal rule is exact to round-off
  double z = 0;
  for (int i = 0; i < n * n; ++i)
    z += boltzmann({{2 * M_PI * (i % n) / n, 2 * M_PI * (i / n) / n, 0}}) *
         std::pow(2 * M_PI / n, 2);
  const Settings settings = {"Landscape/Loss=1 + 0.3*cos(x) + (1+cos(x)/2)*(1-cos(y))",
                             "Noise/Kind=isotropic",
                             "Noise/Learning rate=0.1",
                             "Noise/Intensity=4",
                             "Domain/Kind=box",
                             assign("Domain/Lower corner", -M_PI),
                             assign("Domain/Upper corner", M_PI),
                             "Domain/Periodic=x, y",
                             "Initial density/Mean=3.1, 0",
                             "Initial density/Standard deviation=0.3"};
  const Density invariant = [&](const Coordinates &x) { return boltzmann(x) / z; };
  for (const double tolerance : {1e-3, 1e-5})
    expect_accurate<2>(
        settings, tolerance, {60}, [&](double) { return invariant; }, invariant);
}
