// Factors with pivots from the diagonal, and MUMPS where there are none to be had.
#include "discretization/linear_solver.h"

#include <deal.II/base/index_set.h>
#include <deal.II/lac/dynamic_sparsity_pattern.h>
#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>

using namespace lowland;

namespace
{
constexpr unsigned int size = 40;

/// Makes a tridiagonal matrix on this rank, not symmetric.
void set_tridiagonal(PETScMatrix &matrix, const std::function<double(unsigned int)> &diagonal)
{
  dealii::DynamicSparsityPattern pattern(size);
  for (unsigned int i = 0; i < size; ++i)
    for (unsigned int j = i == 0 ? 0 : i - 1; j <= std::min(i + 1, size - 1); ++j)
      pattern.add(i, j);
  const dealii::IndexSet all = dealii::complete_index_set(size);
  matrix.reinit(all, all, pattern, MPI_COMM_SELF);
  for (unsigned int i = 0; i < size; ++i)
  {
    matrix.set(i, i, diagonal(i));
    if (i > 0)
      matrix.set(i, i - 1, 1);
    if (i + 1 < size)
      matrix.set(i, i + 1, -1);
  }
  matrix.compress(dealii::VectorOperation::insert);
}

/// Makes the five-point Laplacian on a square of nodes, whose factors have more entries than it has.
void set_laplacian(PETScMatrix &matrix, unsigned int side)
{
  const unsigned int n = side * side;
  dealii::DynamicSparsityPattern pattern(n);
  const auto for_neighbours = [&](const auto &use) {
    for (unsigned int i = 0; i < n; ++i)
    {
      if (i % side > 0)
        use(i, i - 1);
      if (i >= side)
        use(i, i - side);
    }
  };
  for (unsigned int i = 0; i < n; ++i)
    pattern.add(i, i);
  for_neighbours([&](unsigned int i, unsigned int j) {
    pattern.add(i, j);
    pattern.add(j, i);
  });
  const dealii::IndexSet all = dealii::complete_index_set(n);
  matrix.reinit(all, all, pattern, MPI_COMM_SELF);
  for (unsigned int i = 0; i < n; ++i)
    matrix.set(i, i, 4);
  for_neighbours([&](unsigned int i, unsigned int j) {
    matrix.set(i, j, -1);
    matrix.set(j, i, -1);
  });
  matrix.compress(dealii::VectorOperation::insert);
}

/// Solves for a known vector, also with the transposed matrix.
void expect_solved(const PETScMatrix &matrix, bool diagonal_pivots)
{
  SolverSettings settings;
  settings.diagonal_pivots = diagonal_pivots;
  LinearSolver solver(matrix, settings, false, "test_");
  PETScVector expected(dealii::complete_index_set(size), MPI_COMM_SELF);
  for (unsigned int i = 0; i < size; ++i)
    expected(i) = std::sin(1 + i);
  expected.compress(dealii::VectorOperation::insert);
  PETScVector right_hand_side(expected), solution(expected);
  const auto error = [&] {
    solution -= expected;
    return solution.linfty_norm();
  };
  matrix.vmult(right_hand_side, expected);
  solver.solve(solution, right_hand_side);
  EXPECT_LT(error(), 1e-12);
  matrix.Tvmult(right_hand_side, expected);
  solver.solve_transposed(solution, right_hand_side);
  EXPECT_LT(error(), 1e-12);
}
} // namespace

TEST(LinearSolver, SolvesByEitherFactors)
{
  PETScMatrix matrix;
  set_tridiagonal(matrix, [](unsigned int i) { return 3.0 + i; });
  for (const bool diagonal_pivots : {true, false})
    expect_solved(matrix, diagonal_pivots);
}

// In one process, with one prefix of options: the factors of the one were those of the other.
TEST(LinearSolver, IsDirectAfterAnIterativeOneAndIterativeAfterADirectOne)
{
  constexpr unsigned int side = 20;
  PETScMatrix matrix;
  set_laplacian(matrix, side);
  PETScVector ones(dealii::complete_index_set(side * side), MPI_COMM_SELF);
  ones = 1;
  const auto error = [&](bool direct) {
    SolverSettings settings;
    settings.direct = settings.diagonal_pivots = direct;
    settings.tolerance = 1e-3;
    LinearSolver solver(matrix, settings, true, "both_");
    PETScVector right_hand_side(ones), solution(ones);
    matrix.vmult(right_hand_side, ones);
    solution = 0;
    solver.solve(solution, right_hand_side);
    solution -= ones;
    return solution.linfty_norm();
  };
  for (unsigned int round = 0; round < 2; ++round)
  {
    EXPECT_GT(error(false), 1e-8);
    EXPECT_LT(error(true), 1e-12);
  }
}

TEST(LinearSolver, TurnsToMumpsWhereAPivotIsSmall)
{
  // Without an exchange of rows this loses ten digits, and with no diagonal at all it has no factors.
  for (const double pivot : {1e-10, 0.0})
  {
    PETScMatrix matrix;
    set_tridiagonal(matrix, [&](unsigned int) { return pivot; });
    expect_solved(matrix, true);
  }
}
