// Tabulated landscapes: splines are exact for polynomials of degree 5 and of order 6 else; files that
// cannot be used are errors.
#include "model/landscape/table_loss.h"
#include "model/model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <random>
#include <unistd.h>

using namespace lowland;

namespace
{
using Field = std::function<double(double, double)>;

/// A .vti file over [-1, 1] x [0, 3] with the given arrays.
struct TemporaryTable
{
  TemporaryTable(unsigned int nx, unsigned int ny,
                 const std::vector<std::pair<std::string, std::vector<Field>>> &arrays)
  {
    std::ofstream out(name);
    out.precision(17);
    out << "<?xml version=\"1.0\"?>\n<VTKFile type=\"ImageData\" version=\"0.1\">\n"
        << "<ImageData WholeExtent=\"0 " << nx - 1 << " 0 " << ny - 1 << " 0 0\" Origin=\"-1 0 0\" "
        << "Spacing=\"" << 2.0 / (nx - 1) << " " << 3.0 / (ny - 1) << " 1\">\n<Piece Extent=\"0 "
        << nx - 1 << " 0 " << ny - 1 << " 0 0\">\n<PointData>\n";
    for (const auto &[array, fields] : arrays)
    {
      out << "<DataArray type=\"Float64\" format=\"ascii\" Name=\"" << array
          << "\" NumberOfComponents=\"" << fields.size() << "\">\n";
      for (unsigned int j = 0; j < ny; ++j)
        for (unsigned int i = 0; i < nx; ++i)
          for (const Field &field : fields)
            out << field(-1 + 2.0 * i / (nx - 1), 3.0 * j / (ny - 1)) << "\n";
      out << "</DataArray>\n";
    }
    out << "</PointData>\n</Piece>\n</ImageData>\n</VTKFile>\n";
  }
  ~TemporaryTable() { std::remove(name.c_str()); }
  const std::string name =
      testing::TempDir() + "lowland_table_" + std::to_string(getpid()) + ".vti";
};

Points points_inside()
{
  std::mt19937 generator(5);
  std::uniform_real_distribution<double> uniform(0, 1);
  Points points(2, 100);
  for (std::size_t q = 0; q < points.size(); ++q)
  {
    points.x[0][q] = -1 + 2 * uniform(generator);
    points.x[1][q] = 3 * uniform(generator);
  }
  return points;
}

Parameters parameters(const std::string &file, const std::vector<std::string> &more = {})
{
  std::vector<std::string> all = {"Landscape/Kind=table", "Landscape/Table=" + file};
  all.insert(all.end(), more.begin(), more.end());
  return Parameters::from_text("", "test", all);
}

/// Largest difference of any entry from the formula's.
double difference(const Components &a, const Components &b)
{
  double largest = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    for (std::size_t q = 0; q < a[k].size(); ++q)
      largest = std::max(largest, std::abs(a[k][q] - b[k][q]));
  return largest;
}

/// Largest error of the gradient and the Hessian of sin(2x) exp(y/2) on n x n points.
std::pair<double, double> errors(unsigned int n)
{
  const TemporaryTable table(
      n, n, {{"loss", {[](double x, double y) { return std::sin(2 * x) * std::exp(y / 2); }}}});
  LandscapeValues a, b;
  Landscape(parameters(table.name)).evaluate(points_inside(), Derivatives::hessian, a);
  Landscape(2, "sin(2*x)*exp(y/2)").evaluate(points_inside(), Derivatives::hessian, b);
  return {difference(a.gradient, b.gradient), difference(a.hessian, b.hessian)};
}

std::string message(const std::function<void()> &action)
{
  try
  {
    action();
  }
  catch (const InputError &error)
  {
    return error.what();
  }
  return "no error";
}

bool has(const std::string &text, const std::string &words)
{
  return text.find(words) != std::string::npos;
}
} // namespace

TEST(Table, PolynomialsOfDegreeFiveAreExact)
{
  const TemporaryTable table(7, 9, {{"loss", {[](double x, double y) {
                                       return x * x * x * x * x - 2 * x * x * y * y * y + y;
                                     }}}});
  LandscapeValues a, b;
  Landscape(parameters(table.name)).evaluate(points_inside(), Derivatives::third, a);
  Landscape(2, "x^5 - 2*x^2*y^3 + y").evaluate(points_inside(), Derivatives::third, b);
  EXPECT_LT(difference({a.loss}, {b.loss}), 1e-11);
  EXPECT_LT(difference(a.gradient, b.gradient), 1e-10);
  EXPECT_LT(difference(a.hessian, b.hessian), 1e-9);
  EXPECT_LT(difference(a.third, b.third), 1e-8);
}

TEST(Table, DerivativesConvergeAtTheirOrder)
{
  const auto coarse = errors(11), fine = errors(21);
  EXPECT_GT(std::log2(coarse.first / fine.first), 4.5);
  EXPECT_LT(std::log2(coarse.first / fine.first), 7);
  EXPECT_GT(std::log2(coarse.second / fine.second), 3.5);
  EXPECT_LT(std::log2(coarse.second / fine.second), 6);
}

TEST(Table, MayHoldTheNoise)
{
  const TemporaryTable table(
      8, 8,
      {{"f", {[](double x, double y) { return x * x + y * y; }}},
       {"D",
        {[](double x, double) { return 1 + x * x; }, [](double x, double y) { return x * y; },
         [](double, double y) { return 2 + y * y * y; }}}});
  const Model model(parameters(table.name, {"Landscape/Array=f", "Noise/Kind=tensor"}));
  const Model formula(Parameters::from_text(
      "", "test",
      {"Landscape/Loss=x^2+y^2", "Noise/Kind=tensor", "Noise/Tensor=1+x^2; x*y; 2+y^3"}));
  ModelValues a, b;
  model.evaluate(points_inside(), a);
  formula.evaluate(points_inside(), b);
  EXPECT_LT(difference(a.diffusion.tensor, b.diffusion.tensor), 1e-11);
  EXPECT_LT(difference(a.diffusion.divergence, b.diffusion.divergence), 1e-10);
}

TEST(Table, UnusableFilesAreErrors)
{
  const Field zero = [](double, double) { return 0; };
  const TemporaryTable table(8, 5, {{"f", {zero}}});
  const auto error = [](const std::string &file, const std::vector<std::string> &more = {}) {
    return message([&]() { Landscape(parameters(file, more)); });
  };
  EXPECT_TRUE(has(error("no such file.vti"), "there is no such file"));
  EXPECT_TRUE(has(error(table.name), "has 5 points along y; at least 6"));
  EXPECT_TRUE(has(error(table.name, {"Dimension=1"}), "but Dimension = 1"));
  {
    std::ofstream(table.name) << "not XML";
    EXPECT_TRUE(has(error(table.name), "is not a VTK image file"));
  }
  const TemporaryTable named(8, 8, {{"f", {zero}}, {"D", {zero}}});
  EXPECT_TRUE(has(error(named.name), "no point data `loss`, only D, f"));
  EXPECT_TRUE(has(error(named.name, {"Dimension=3"}), "1 points along z"));
  EXPECT_TRUE(has(error(named.name, {"Landscape/Array=f"}), "has 1 components instead of 3"));
}
