// The limiter: masses of cells, and the polynomial on one of them.
#include "discretization/form/positivity.h"

#include <deal.II/base/point.h>
#include <deal.II/grid/tria.h>

#include <gtest/gtest.h>
#include <numeric>

using namespace lowland;

namespace
{
/// The unit cube in cells of two sizes.
template <int dim>
std::unique_ptr<Mesh<dim>> unit_mesh()
{
  Domain domain;
  domain.dimension = dim;
  domain.upper = {{1, 1, 1}};
  auto mesh = std::make_unique<Mesh<dim>>(domain, Coordinates{{1, 1, 1}}, MPI_COMM_SELF);
  mesh->refine_uniformly(3);
  mesh->refine_around({Coordinates{}}, {0.05}, 10);
  return mesh;
}

double sum(const std::vector<double> &masses)
{
  return std::accumulate(masses.begin(), masses.end(), 0.0);
}

/// The index of the cell that holds a point.
template <int dim>
unsigned int cell_at(const Mesh<dim> &mesh, double coordinate)
{
  dealii::Point<dim> point;
  for (unsigned int i = 0; i < dim; ++i)
    point[i] = coordinate;
  for (const auto &cell : mesh.triangulation().active_cell_iterators())
    if (cell->point_inside(point))
      return cell->active_cell_index();
  ADD_FAILURE() << "no cell there";
  return 0;
}

/// How many masses differ.
std::size_t n_changed(const std::vector<double> &a, const std::vector<double> &b)
{
  std::size_t n = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    n += a[k] != b[k];
  return n;
}

template <int dim>
void expect_shared(double lack, std::size_t most_changed)
{
  const auto mesh = unit_mesh<dim>();
  const std::size_t n = mesh->n_cells();
  std::vector<double> before(n, 1.0 / n);
  const unsigned int negative = cell_at(*mesh, 0.55);
  before[negative] = -lack / n;
  std::vector<double> after = before;
  share_deficits(*mesh, after);
  for (const double mass : after)
    EXPECT_GE(mass, 0);
  EXPECT_NEAR(after[negative], 0, 1e-16);
  EXPECT_NEAR(sum(after), sum(before), 1e-15);
  EXPECT_GE(n_changed(after, before), 2 * dim + 1);
  EXPECT_LE(n_changed(after, before), most_changed);
}
} // namespace

TEST(ShareDeficits, NothingIsDoneWhereNothingIsNegative)
{
  const auto mesh = unit_mesh<2>();
  std::vector<double> masses(mesh->n_cells(), 0.25);
  masses[3] = 0;
  const auto before = masses;
  share_deficits(*mesh, masses);
  EXPECT_EQ(masses, before);
}

TEST(ShareDeficits, NeighboursGiveWhatACellLacks)
{
  expect_shared<1>(0.5, 3);
  expect_shared<2>(0.5, 5);
  expect_shared<3>(0.5, 7);
}

TEST(ShareDeficits, NeighboursWithNothingLeftPassItOn)
{
  expect_shared<1>(2.5, 5);
  expect_shared<2>(9, 25);
}

TEST(ShareDeficits, MassComesFromFarAway)
{
  const auto mesh = unit_mesh<2>();
  std::vector<double> masses(mesh->n_cells(), 0.0);
  masses[cell_at(*mesh, 0.01)] = -0.25;
  masses[cell_at(*mesh, 0.4)] = 1.25;
  share_deficits(*mesh, masses);
  EXPECT_NEAR(sum(masses), 1, 1e-14);
  EXPECT_GE(*std::min_element(masses.begin(), masses.end()), 0);
}

TEST(LimitOfCell, KeepsOrShiftsTheMean)
{
  const std::vector<double> values = {-1, 1, 3}, weights = {0.25, 0.5, 0.25};
  const CellLimit scaled = limit_of_cell(values, weights, -1);
  EXPECT_DOUBLE_EQ(scaled(-1), 0);
  EXPECT_DOUBLE_EQ(scaled(1), 1);
  EXPECT_DOUBLE_EQ(scaled(3), 2);
  EXPECT_DOUBLE_EQ(scaled.moved, 0.5);
  const CellLimit shifted = limit_of_cell(values, weights, -1, -0.5);
  EXPECT_DOUBLE_EQ(shifted(-1), 0);
  EXPECT_DOUBLE_EQ(shifted(3), 1);
  const CellLimit emptied = limit_of_cell(values, weights, -1, -1);
  EXPECT_DOUBLE_EQ(emptied(3), 0);
  const CellLimit untouched = limit_of_cell({1, 2, 3}, weights, 0.5);
  EXPECT_DOUBLE_EQ(untouched(2.5), 2.5);
  EXPECT_EQ(untouched.moved, 0);
}
