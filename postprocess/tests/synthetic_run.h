// A run folder with a known density, written by VTK alone.
#pragma once

#include <string>
#include <vector>

namespace lowland::test
{
/// Writes a run of the given dimension in [-2, 2]^d: cells of degree 4 (plain lines in 1D, degree 2
/// in 3D), rho a Gaussian of standard deviation 0.2 that moves along x from `start` to `end` over
/// the times, f = |theta|^2 / 2, pi = rho at the last time, J = rho (-y, x, 0) but in 1D.
void write_run(const std::string &folder, int dimension, const std::vector<double> &times,
               double start, double end);

/// Writes what `escape` leaves in two dimensions: committors from minimum 1 to 2 and from 1 to the others,
/// q = (x + 2)/4 and 1 - q, each with loss, invariant density and a current along x.
void write_escape(const std::string &folder);

/// The same where only the way out is asked for: the mean exit time (x + 2)/4.
void write_exit_time(const std::string &folder);
} // namespace lowland::test
