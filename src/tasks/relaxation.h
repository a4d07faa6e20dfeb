// The slowest modes of a problem, on meshes that are refined until they are accurate.
#pragma once

#include "discretization/relaxation_modes.h"
#include "tasks/problem.h"

#include <limits>

namespace lowland
{
/// Solves for the modes closest to zero; where those are not accurate, refines the mesh and solves again.
/// The first mode is the invariant density; where walls absorb, the quasi-stationary density, which what is left
/// tends to, and its eigenvalue the rate at which it is absorbed.
template <int dim>
class Relaxation
{
public:
  /// How many modes, and how well: the L1 error of the invariant density, and the relative change of every eigenvalue
  /// between the last two meshes; infinity asks for nothing. By the higher degree: both must also change by no more from
  /// this degree to the next, but in three dimensions, see compare_with_higher_degree().
  struct Goal
  {
    unsigned int number;
    double density_error;
    double eigenvalue_error;
    bool by_higher_degree = true;
  };

  /// Refines `problem`'s mesh. Throws SolverError.
  Relaxation(Problem<dim> &problem, const Goal &goal);

  const FokkerPlanckForm<dim> &form() const { return *form_; }
  const std::vector<RelaxationMode> &modes() const { return modes_.modes; }
  /// u of mode n: of mass 1 for n = 0, else of L1 norm 1. Of a complex pair, the real part for the first
  /// and the imaginary part for the second.
  PETScVector ratio(std::size_t n) const;
  /// Solves once more with elements of a degree more on the same mesh, so that eigenvalue_error() and density_error()
  /// know what no refinement has shown: a mesh made for the density may leave the other modes, and with them their
  /// eigenvalues, as they are. In three dimensions, where that costs six times the solve before, it does nothing; so it
  /// does where that is known.
  void compare_with_higher_degree();
  /// By how much eigenvalue n changed with the last refinement or another degree, at least its residual and round-off,
  /// 1/time; NaN where there was neither.
  double eigenvalue_error(std::size_t n) const;
  /// Estimated L1 error of the invariant density: from its smoothness on each cell, and at least its distance from that
  /// of the higher degree. How wells that hardly exchange mass share it is left to basin_weight_error().
  double density_error() const;
  /// How far the eigenvalue that mass conservation makes zero is from it: what round-off does to the
  /// smallest ones, 1/time. Where walls absorb, machine precision times the largest eigenvalue.
  double noise() const;
  /// Below this an eigenvalue is not told from zero, 1/time: a bound where noise() is a sample.
  double resolution() const;
  /// The smallest positive real part, less the first where walls absorb, 1/time; NaN where it is not resolved.
  double gap() const;
  /// The error of the gap, 1/time, from those of the eigenvalues that it is between, or NaN.
  double gap_error() const;
  /// What round-off, and the error of the rates on this mesh, may move of the mass between wells: a perturbation
  /// of the size of round-off moves the null vector by its ratio to the gap, and the weights of wells are ratios of
  /// rates, which are as wrong as the gap, unless the reference weight is pi and has the ratio itself. NaN where
  /// the gap is not resolved.
  double basin_weight_error() const;
  /// Warns where walls absorb at a rate that is not told from zero.
  void warn_of_absorption() const;
  unsigned int n_solves() const { return modes_.n_solves; }

private:
  double round_off() const;
  bool is_resolved(std::size_t n) const;
  double error_of_solver(std::size_t n) const;
  void find_modes();
  bool find_better_modes();
  void solve();
  void drop_missing();
  void put_density_first(const FokkerPlanckForm<dim> &form, std::vector<RelaxationMode> &all) const;
  void compare(const std::vector<RelaxationMode> &before);
  void compare_with_degree(unsigned int degree);
  double density_excess() const;
  bool accurate() const;
  bool confirmed();
  bool are_small(const std::vector<double> &changes) const;
  bool stagnates();
  bool refine();
  RelaxationModes modes_of(const FokkerPlanckForm<dim> &form) const;

  Problem<dim> &problem_;
  Goal goal_;
  std::unique_ptr<FokkerPlanckForm<dim>> form_;
  RelaxationModes modes_{};
  std::vector<double> changes_; ///< from mesh to mesh
  std::vector<double>
      degree_changes_;        ///< to the higher degree; to the lower, where there is but one mesh
  double cell_errors_ = 0;    ///< of the density, their sum
  double density_change_ = 0; ///< L1, to the same
  double smallest_change_ =
      std::numeric_limits<double>::infinity(); ///< of changes_ on all meshes, relative, the largest
  unsigned int meshes_without_progress_ = 0;
  unsigned int found_ = 0; ///< modes on the last mesh
};

/// Relaxation to the invariant density, or where walls absorb to the quasi-stationary one, with the problem's tolerance
/// for it and for the weights of wells. May change the problem's elements. Throws SolverError.
template <int dim>
Relaxation<dim> relax_to_invariant_density(Problem<dim> &problem);
} // namespace lowland
