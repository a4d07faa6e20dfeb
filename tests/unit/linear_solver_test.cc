// Factors with pivots from the diagonal, and MUMPS where there are none to be had.
#include "discretization/algebra/linear_solver.h"

#include <deal.II/base/index_set.h>
#include <deal.II/lac/dynamic_sparsity_pattern.h>
#include <deal.II/lac/petsc_sparse_matrix.h>
#include <deal.II/lac/petsc_vector.h>

#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <map>

using namespace lowland;

namespace
{
constexpr unsigned int size = 40;

using Entries = std::map<std::pair<unsigned int, unsigned int>, double>; ///< by row and column

/// Makes a matrix on this rank.
void set_entries(PETScMatrix &matrix, unsigned int n, const Entries &entries)
{
  dealii::DynamicSparsityPattern pattern(n);
  for (const auto &[place, value] : entries)
    pattern.add(place.first, place.second);
  const dealii::IndexSet all = dealii::complete_index_set(n);
  matrix.reinit(all, all, pattern, MPI_COMM_SELF);
  for (const auto &[place, value] : entries)
    matrix.set(place.first, place.second, value);
  matrix.compress(dealii::VectorOperation::insert);
}

/// Makes a tridiagonal matrix, not symmetric.
void set_tridiagonal(PETScMatrix &matrix, const std::function<double(unsigned int)> &diagonal)
{
  Entries entries;
  for (unsigned int i = 0; i < size; ++i)
  {
    entries[{i, i}] = diagonal(i);
    if (i > 0)
      entries[{i, i - 1}] = 1;
    if (i + 1 < size)
      entries[{i, i + 1}] = -1;
  }
  set_entries(matrix, size, entries);
}

/// Makes the five-point Laplacian on a square of nodes, whose factors have more entries than it has.
void set_laplacian(PETScMatrix &matrix, unsigned int side)
{
  Entries entries;
  for (unsigned int i = 0; i < side * side; ++i)
  {
    entries[{i, i}] = 4;
    if (i % side > 0)
      entries[{i, i - 1}] = entries[{i - 1, i}] = -1;
    if (i >= side)
      entries[{i, i - side}] = entries[{i - side, i}] = -1;
  }
  set_entries(matrix, side * side, entries);
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
