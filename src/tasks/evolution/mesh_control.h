// How the mesh of a run follows its density.
#pragma once

#include "tasks/evolution/time_integrator.h"
#include "tasks/problem/problem.h"

#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace lowland
{
/// What is to become of the mesh after a step.
enum class MeshVerdict
{
  keep,
  keep_unresolved, ///< although the density is not resolved: nothing is left to refine
  change,          ///< it has been left by the density, or far fewer cells would do
  repeat ///< a long step leads where the mesh resolves nothing: make it again on a finer one
};

/// Polynomials of u = rho/w on the active cells.
using CellPolynomials = std::vector<std::vector<double>>;

template <int dim>
class MeshControl
{
public:
  /// Changes the mesh of `problem`, which must outlive this.
  MeshControl(Problem<dim> &problem, const TimeScheme &scheme);

  /// Refines, before the first step, where more than `share` of the tolerance adds up.
  void refine(const CellErrors &errors, double share);
  /// Estimates how far from the start its projection is.
  void look_at_start();
  /// Whether a look at the mesh is due. To be called once after each step, and true where `must_be`.
  bool is_due(bool must_be);
  /// Looks at the mesh. `limited`: what the limiter would move on each cell, or nothing.
  MeshVerdict judge(const CellPolynomials &polynomials, const CellErrors &limited, bool is_last);
  /// Carries the polynomials to the mesh that was found wanting by `verdict`.
  CellPolynomials change(MeshVerdict verdict, const CellPolynomials &polynomials);
  /// The estimate at the last look.
  double space_error() const { return space_error_; }

  void save(nlohmann::json &state) const;
  void restore(const nlohmann::json &state);

private:
  MarkedCells mark(const CellErrors &errors, double target);
  bool can_coarsen(const MarkedCells &marked) const;
  void coarsen_further(CellPolynomials &polynomials);

  Problem<dim> &problem_;
  const bool steps_are_long_;
  const unsigned int steps_between_looks_;
  const double target_;                       ///< the error that the mesh may make
  const double target_for_next_;              ///< the one that a new mesh is made for
  std::optional<WeightErrors> weight_errors_; ///< of the present mesh, once they are needed
  double space_error_ = 0;
  double error_before_repetition_ = std::numeric_limits<double>::infinity(); ///< of the same step
  unsigned int steps_since_look_ = 0;
  /// What cells that are not needed have cost since the last change, in steps: that must reach the cost of the next.
  double wasted_ = 0;
};
} // namespace lowland
