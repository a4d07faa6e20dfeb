// The kinds of noise, for Noise::create(). Each is stated with C, the covariance of the gradient
// noise, and D = eta C/2; `strength` is eta sigma.
#pragma once

#include "model/noise.h"

namespace lowland
{
/// C = 2 sigma I, D = eta sigma I: Langevin dynamics.
std::unique_ptr<Noise> isotropic_noise(double strength);

/// C = 2 sigma f I, D = eta sigma f I. (Wojtowytsch, arXiv:2106.02588)
std::unique_ptr<Noise> loss_scaled_noise(double strength);

/// C = 2 sigma H, D = eta sigma H: noise in proportion to the curvature. H is the positive part of
/// the Hessian of f, which has the Hessian's eigenvectors and the eigenvalues max(lambda, 0).
std::unique_ptr<Noise> hessian_noise(double strength);

/// C = 4 sigma f H, D = 2 eta sigma f H: the same, dying out at a perfect fit. (Mori, Ziyin, Liu,
/// Ueda, arXiv:2105.09557)
std::unique_ptr<Noise> loss_scaled_hessian_noise(double strength);

/// D from formulas for its entries, in packed order.
std::unique_ptr<Noise> tensor_noise(const std::vector<GiNaC::ex> &entries, unsigned int dimension);

/// The sum of the D of several noises that do not know of each other.
std::unique_ptr<Noise> sum_of_noises(std::vector<std::unique_ptr<Noise>> terms);

/// Sizes the arrays of `values` and fills them with zeros.
void clear(unsigned int dimension, std::size_t n_points, DiffusionValues &values);
} // namespace lowland
