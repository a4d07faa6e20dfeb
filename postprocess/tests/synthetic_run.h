// A run folder with a known density, written by VTK alone.
#pragma once

#include <string>
#include <vector>

namespace lowland::test
{
/// Writes a run of the given dimension in [-2, 2]^d: cells of degree 4 (plain lines in 1D, degree 2
/// in 3D), rho a Gaussian of standard deviation 0.2 that moves along x from `start` to `end` over
/// the times, f = |theta|^2 / 2, pi = rho at the last time.
void write_run(const std::string &folder, int dimension, const std::vector<double> &times,
               double start, double end);
} // namespace lowland::test
