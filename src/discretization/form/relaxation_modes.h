// The slowest relaxation modes: the eigenfunctions of the form whose eigenvalues are closest to zero.
//
//   a(u, v) = lambda m(u, v) for all v,   so that rho = w u exp(-lambda t) solves the equation.
//
// lambda = 0 belongs to the invariant density where no wall absorbs; the smallest other real part is the
// spectral gap.
#pragma once

#include "discretization/form/fokker_planck_form.h"

#include <complex>
#include <vector>

namespace lowland
{
/// One eigenpair. A complex one is followed by its conjugate, whose imaginary vector is the negative.
struct RelaxationMode
{
  std::complex<double> eigenvalue; ///< of -L, 1/time
  double residual; ///< |A v - lambda M v| / |v| in the form's scaled unknowns, 1/time
  /// v; the imaginary part is zero for a real eigenvalue.
  std::shared_ptr<const PETScVector> real, imaginary;
};

struct RelaxationModes
{
  /// By ascending real part. Fewer than asked for where the residuals of the others stay large: far from detailed balance
  /// eigenvalues may hang on round-off.
  std::vector<RelaxationMode> modes;
  double round_off;      ///< of an eigenvalue, 1/time: machine precision times |A|
  unsigned int n_solves; ///< linear solves that it took
};

/// The `number` modes closest to `shift` < 0 (1/time), by SLEPc's Krylov-Schur method for (A - shift M)^-1 M;
/// `symmetric` where the form is (eps = 0 in detailed balance). SLEPc's and the inner solver's options have
/// the prefixes eps_ and st_. Throws SolverError where not even two are found.
template <int dim>
RelaxationModes relaxation_modes(const FokkerPlanckForm<dim> &form, unsigned int number,
                                 double shift, bool symmetric, const SolverSettings &settings);
} // namespace lowland
