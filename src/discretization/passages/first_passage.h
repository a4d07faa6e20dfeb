// Which of several sets a path reaches first, and when, as functions of where it starts.
//
//   splitting probabilities  L* h_i = 0,    h_i = 1 on set i, 0 on the other sets
//   mean first-passage time  -L* T = 1,     T = 0 on the sets                          no flux through the boundary
//
// L* is the backward operator, the adjoint of the form:  a(v, h_i) = 0 and a(v, T) = m(v, 1) for all v that vanish
// on the sets. Sets are wells and, after those, walls that absorb.
#pragma once

#include "discretization/algebra/solver_settings.h"
#include "discretization/passages/pinned_sets.h"
#include "model/model.h"

#include <memory>
#include <vector>

namespace lowland
{
class LinearSolver;
enum class Process;

template <int dim>
class FirstPassage
{
public:
  ~FirstPassage();

  std::size_t size() const { return functions_.size(); }
  /// h_i, the probability to reach set i first; of the wells, then of the walls.
  const PETScVector &operator[](std::size_t i) const { return *functions_[i]; }
  /// Mean time until any set is reached: a(v, T) = int pi v (in general m(v, 1)), T = 0 on the sets.
  const PETScVector &passage_time() const { return *passage_time_; }

protected:
  /// Solves on the current mesh of `space`, which must be continuous and impose no walls itself. Throws
  /// SolverError.
  FirstPassage(const DensitySpace<dim> &space, const Model &model, const std::vector<Well> &wells,
               const std::vector<Pin> &pins, Exits exits, const SolverSettings &settings,
               Process process);

  enum class Side
  {
    forward, ///< a(., v)
    adjoint  ///< a(v, .)
  };
  /// The solution with these values, given with their ghosts, on the sets.
  PETScVector extension(const PETScVector &fixed, PETScVector &right_hand_side, Side side) const;
  /// Without them no more solutions.
  void drop_factors();

  const DensitySpace<dim> &space_;
  const Model &model_;
  const PinnedSets<dim> sets_;

private:
  void solve(const SolverSettings &settings, Process process);
  PETScVector free_part(PETScVector &right_hand_side, Side side) const;

  std::unique_ptr<PETScMatrix> matrix_; ///< of the free unknowns, scaled to unit diagonal
  std::unique_ptr<LinearSolver> solver_;
  std::unique_ptr<PETScVector> scale_, passage_time_;
  std::vector<std::unique_ptr<PETScVector>> functions_;
};
} // namespace lowland
