// Answers to questions of escape in detailed balance, put together from functions that are harmonic with every
// well pinned.
//
// With the committor q from set A to set B, div(pi D grad q) = 0, q = 0 on A, 1 on B,
//
//   capacity  int pi grad q . D grad q        rate k = capacity / int pi (1 - q)
//
// The mean first-passage time to B from the reactive entrance law on A is 1/k, exactly; that from the
// minimum x_a is the same quotient with A shrunk to the point x_a. Committors are put together
// from the functions that are harmonic with every well pinned (discretization/passages/harmonic_functions.h),
// because the wells that the question leaves free would make the equations singular to round-off.
//
// Walls that absorb are one more set: B of every question then, and A the point x_a, so that 1/k is the mean exit
// time.
#pragma once

#include "discretization/passages/harmonic_functions.h"
#include "tasks/escape/escape_plan.h"
#include "tasks/escape/escape_rate.h"
#include "tasks/problem/problem.h"

#include <map>
#include <memory>
#include <vector>

namespace lowland
{
/// Harmonic functions on one space for every way of pinning that the questions need, each solved for once. All throw
/// SolverError.
template <int dim>
class PinnedWells
{
public:
  /// Keeps references to all three.
  PinnedWells(const DensitySpace<dim> &space, const Problem<dim> &problem, const EscapePlan &plan);

  /// Every active well by its set, all others by their points.
  const HarmonicFunctions<dim> &all();
  /// The sets of the question, all others by their points.
  const HarmonicFunctions<dim> &of(const EscapeQuestion &question);
  /// Rate and mean first-passage time.
  EscapeRate answer(const EscapeQuestion &question);
  /// With which probability paths from the minimum leave by each part of the walls.
  std::vector<double> parts(const EscapeQuestion &question);
  /// The mean exit time as a function of the start: that to the next well or wall, and then from the well.
  PETScVector exit_time();
  /// The spectral gap as the chain between all wells has it; NaN where walls absorb.
  double chain_gap();
  /// The largest relative error that the linear solves left.
  double asymmetry() const;

private:
  using Pins = std::vector<Pin>;
  /// On a line sets are points, or balls and pinned as such in any case.
  Pins pins(const std::vector<bool> &sets) const;
  const HarmonicFunctions<dim> &pinned(const Pins &pins);
  std::unique_ptr<HarmonicFunctions<dim>> solve(const std::vector<Well> &wells, const Pins &pins,
                                                Exits exits) const;
  static PETScVector time_to(const std::vector<std::size_t> &targets,
                             const HarmonicFunctions<dim> &functions);

  const DensitySpace<dim> &space_;
  const Problem<dim> &problem_;
  const EscapePlan &plan_;
  std::map<Pins, std::unique_ptr<HarmonicFunctions<dim>>> solved_;
  std::unique_ptr<HarmonicFunctions<dim>> apart_; ///< with a set for each part of the walls
};
} // namespace lowland
