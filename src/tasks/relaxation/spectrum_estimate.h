// The slowest modes of a problem on one mesh, and how far they are off.
#pragma once

#include "discretization/form/relaxation_modes.h"
#include "tasks/problem/problem.h"

#include <complex>
#include <limits>
#include <memory>
#include <vector>

namespace lowland
{
/// The first mode is the invariant density; where walls absorb, the quasi-stationary density, which what is left
/// tends to, and its eigenvalue the rate at which it is absorbed. Holds on the mesh on which it was made.
template <int dim>
class SpectrumEstimate
{
public:
  /// Solves for this number of modes on the present mesh of `problem`, which must outlive this. Throws SolverError.
  /// Collective.
  SpectrumEstimate(const Problem<dim> &problem, unsigned int number);
  SpectrumEstimate(SpectrumEstimate &&) noexcept;
  ~SpectrumEstimate();

  const std::vector<RelaxationMode> &modes() const { return modes_.modes; }
  /// Of -L, 1/time.
  std::vector<std::complex<double>> eigenvalues() const;
  /// u of mode n: of mass 1 for n = 0, else of L1 norm 1. Of a complex pair, the real part for the first
  /// and the imaginary part for the second.
  PETScVector ratio(std::size_t n) const;
  unsigned int n_solves() const { return modes_.n_solves; }

  /// Compares with the eigenvalues on another mesh.
  void compare_with(const std::vector<std::complex<double>> &others);
  /// Solves once more with elements of this degree on the same mesh, so that eigenvalue_error() and density_error()
  /// know what no refinement has shown: a mesh made for the density may leave the other modes, and with them their
  /// eigenvalues, as they are. Where that solve fails nothing is known. Collective.
  void compare_with_degree(unsigned int degree);
  /// The same with one degree more; in three dimensions, where that costs six times the solve before, it does nothing,
  /// and so it does where that is known.
  void compare_with_higher_degree();

  /// How far the eigenvalue that mass conservation makes zero is from it: what round-off does to the
  /// smallest ones, 1/time. Where walls absorb, machine precision times the largest eigenvalue.
  double noise() const;
  /// Below this an eigenvalue is not told from zero, 1/time: a bound where noise() is a sample.
  double resolution() const;
  /// By how much eigenvalue n differs from that of the other mesh or degree, at least its residual and round-off,
  /// 1/time; NaN where there was neither.
  double eigenvalue_error(std::size_t n) const;
  /// Whether no eigenvalue that is resolved differs by more than this, relatively, or than the solver leaves: from the
  /// other mesh, and from the other degree. True where there was none.
  bool agrees_with_mesh(double tolerance) const { return are_small(changes_, tolerance); }
  bool agrees_with_degree(double tolerance) const { return are_small(degree_changes_, tolerance); }
  /// Whether there was another mesh.
  bool has_changes() const { return !changes_.empty(); }
  /// The largest difference from the other mesh of those that are resolved, relative.
  double largest_change() const;
  /// The smallest positive real part, less the first where walls absorb, 1/time; NaN where it is not resolved.
  double gap() const;
  /// The error of the gap, 1/time, from those of the eigenvalues that it is between, or NaN.
  double gap_error() const;

  /// Estimated L1 error of the invariant density: from its smoothness on each cell, and at least its distance from that
  /// of the other degree. How wells that hardly exchange mass share it is left to basin_weight_error().
  double density_error() const;
  /// The sum of the cells' errors alone.
  double cell_errors() const { return cell_errors_; }
  /// The error in multiples of what is allowed.
  double density_excess(double allowed) const;
  /// By how much the current of the invariant density differs from that of the other degree, int |J - J'| dmu,
  /// length/time; NaN where there was none, or the gap is not resolved.
  double current_error() const { return current_change_; }
  /// What round-off, and the error of the rates on this mesh, may move of the mass between wells: a perturbation
  /// of the size of round-off moves the null vector by its ratio to the gap, and the weights of wells are ratios of
  /// rates, which are as wrong as the gap, unless the reference weight is pi and has the ratio itself. NaN where
  /// the gap is not resolved.
  double basin_weight_error() const;
  /// Warns where walls absorb at a rate that is not told from zero.
  void warn_of_absorption() const;

private:
  RelaxationModes modes_of(const FokkerPlanckForm<dim> &form, unsigned int number) const;
  void put_density_first(const FokkerPlanckForm<dim> &form, std::vector<RelaxationMode> &all) const;
  double round_off() const;
  bool is_resolved(std::size_t n) const;
  double error_of_solver(std::size_t n) const;
  bool are_small(const std::vector<double> &changes, double tolerance) const;

  const Problem<dim> &problem_;
  std::unique_ptr<FokkerPlanckForm<dim>> form_;
  RelaxationModes modes_{};
  std::vector<double> changes_, degree_changes_; ///< to the other mesh and degree
  double cell_errors_ = 0;                       ///< of the density
  double density_change_ = 0;                    ///< L1, to the other degree
  double current_change_ = std::numeric_limits<double>::quiet_NaN();
};
} // namespace lowland
