// First passages in detailed balance: functions that are harmonic for the reversible process between pinned
// sets, and the chain between the sets that they span.
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
#pragma once

#include "discretization/passages/first_passage.h"
#include "model/escape/well_chain.h"

namespace lowland
{
template <int dim>
class HarmonicFunctions : public FirstPassage<dim>
{
public:
  /// As FirstPassage does. Throws SolverError.
  HarmonicFunctions(const DensitySpace<dim> &space, const Model &model,
                    const std::vector<Well> &wells, const std::vector<Pin> &pins,
                    const SolverSettings &settings, Exits exits = Exits::together);

  const std::vector<double> &masses() const { return masses_; }
  /// The chain of C and m.
  WellChain chain() const;
  /// By how much C_ij is off at least: |C_ij - C_ji|, or what was negative and is 0 in the chain.
  double doubt(std::size_t i, std::size_t j) const;
  /// The largest |C_ij - C_ji| relative to the capacity of i and j: the error of the linear solves.
  double asymmetry() const;

private:
  void measure();

  WellChain::Matrix fluxes_; ///< of h_i into set j
  std::vector<double> masses_;
};
} // namespace lowland
