// Functions that are harmonic for the reversible process between pinned sets, and the chain between
// the sets that they span.
//
//   div(w D grad h_i) = 0,   h_i = 1 on set i, 0 on the other sets, no flux through the boundary
//   conductances  C_ij = -int w grad h_i . D grad h_j dmu     (i != j)
//   masses        m_i  =  int pi h_i dmu,                     pi relative to its maximum
//
// With two sets h_1 is the committor and C_12 its Dirichlet energy. C_ij is taken as the flux of h_i
// into set j, so that it keeps its relative accuracy beside much larger ones: in the well of j, h_i is
// small, and the linear solve gets small values with all their digits, provided that every well is
// pinned, that the matrix is scaled to unit diagonal and that the factors are not pivoted.
//
// w = pi/max(pi) + floor must not underflow; the floor is far below pi at the passes.
//
// Walls that absorb are further sets, after those of the wells. Without detailed balance h_i is harmonic for
// the backward operator L*, the adjoint of the form:  a(v, h_i) = 0 for all v that vanish on the sets, and
// there is no chain. What was last in a set is found by the form itself, with the same factors.
#pragma once

#include "discretization/cell_model.h"
#include "discretization/solver_settings.h"
#include "model/well_chain.h"
#include "model/wells.h"

#include <memory>
#include <vector>

namespace lowland
{
class LinearSolver;

/// How a well is held at a constant value.
enum class Pin
{
  set,  ///< at all nodes in its set, and the one nearest to its point
  point ///< at the node nearest to its anchor: to be left free afterwards, or to start from
};

/// What is solved for: in detailed balance div(w D grad h) = 0, in general the adjoint of the whole form.
enum class Process
{
  reversible,
  general
};

/// Whether walls that absorb are one set or one for each part (Walls::parts()).
enum class Exits
{
  together,
  apart
};

template <int dim>
class HarmonicFunctions
{
public:
  /// Solves on the current mesh of `space`, which must be continuous and impose no walls itself. Throws
  /// SolverError.
  HarmonicFunctions(const DensitySpace<dim> &space, const Model &model,
                    const std::vector<Well> &wells, const std::vector<Pin> &pins,
                    const SolverSettings &settings, Process process = Process::reversible,
                    Exits exits = Exits::together);
  ~HarmonicFunctions();

  std::size_t size() const { return functions_.size(); }
  const PETScVector &operator[](std::size_t i) const { return *functions_[i]; }
  const std::vector<double> &masses() const { return masses_; }
  /// Mean time until any set is reached: a(v, T) = int pi v (in general m(v, 1)), T = 0 on the sets.
  const PETScVector &passage_time() const { return *passage_time_; }
  /// -a(u on set i, h): with the invariant density w u and the committor h to other sets, passages per time.
  double flux(const PETScVector &u, std::size_t i, const PETScVector &h) const;
  /// With the invariant density w u: the density w u_i of what was in set i last, a(u_i, v) = 0 for all v that
  /// vanish on the sets, u_i = u on set i, 0 on the others; u_i/u is the backward committor (E and
  /// Vanden-Eijnden 2006, "Towards a theory of transition paths"). For Process::general only. Throws SolverError.
  PETScVector last_in(std::size_t i, const PETScVector &u) const;
  /// m(u on set i, 1).
  double mass(const PETScVector &u, std::size_t i) const;
  /// The chain of C and m.
  WellChain chain() const;
  /// By how much C_ij is off at least: |C_ij - C_ji|, or what was negative and is 0 in the chain.
  double doubt(std::size_t i, std::size_t j) const;
  /// The largest |C_ij - C_ji| relative to the capacity of i and j: the error of the linear solves.
  double asymmetry() const;

private:
  void find_pinned(const std::vector<Well> &wells, const std::vector<Pin> &pins, Exits exits);
  void pin_exits(Exits exits, dealii::AffineConstraints<double> &pinned);
  void solve(const SolverSettings &settings);
  enum class Side
  {
    forward, ///< a(., v)
    adjoint  ///< a(v, .)
  };
  PETScVector free_part(PETScVector &right_hand_side, Side side) const;
  PETScVector restricted(const PETScVector &u, std::size_t i) const;
  void measure();

  const DensitySpace<dim> &space_;
  const Model &model_;
  const Process process_;
  std::unique_ptr<PETScMatrix> matrix_; ///< scaled, of the free unknowns; kept for last_in() only
  std::unique_ptr<LinearSolver> solver_;
  std::unique_ptr<PETScVector> scale_, passage_time_;
  std::vector<std::unique_ptr<PETScVector>> lifts_; ///< 1 at the nodes of set i, ghosted
  std::unique_ptr<dealii::AffineConstraints<double>> constraints_; ///< of the space, and the pins
  std::vector<std::unique_ptr<PETScVector>> functions_;
  WellChain::Matrix fluxes_; ///< of h_i into set j
  std::vector<double> masses_;
};
} // namespace lowland
