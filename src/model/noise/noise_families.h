// The kinds of noise, for Noise::create(). Each is stated with C, the covariance of the gradient
// noise, and D = eta C/2; `strength` is eta sigma.
#pragma once

#include "model/landscape/regression.h"
#include "model/landscape/table_loss.h"
#include "model/noise/noise.h"

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

/// C = 2 sigma G, D = eta sigma G, with G the empirical Fisher matrix of the regression: noise of
/// variance 2 sigma in the targets, drawn anew in each step. (Blanc, Gupta, Valiant, Valiant,
/// arXiv:1904.09080)
std::unique_ptr<Noise> label_noise(std::shared_ptr<const Regression> regression, double strength);

/// C = 4 sigma f G, D = 2 eta sigma f G: minibatch noise if residuals and gradients of the model
/// were independent. (Mori, Ziyin, Liu, Ueda, arXiv:2105.09557; Wang & Wu, arXiv:2310.00692)
std::unique_ptr<Noise> fisher_noise(std::shared_ptr<const Regression> regression, double strength);

/// C = C1/B, D = eta C1/(2B), with C1 the covariance of the gradients of the samples: the exact noise
/// of batches of B samples drawn with replacement; without, times (n-B)/(n-1).
std::unique_ptr<Noise> minibatch_noise(std::shared_ptr<const Regression> regression, double eta,
                                       unsigned int batch_size, bool with_replacement);

/// D from formulas for its entries, in packed order.
std::unique_ptr<Noise> tensor_noise(const std::vector<GiNaC::ex> &entries, unsigned int dimension);

/// D of a table, times `factor`.
std::unique_ptr<Noise> table_noise(std::shared_ptr<const TableLoss> table, double factor);

/// The sum of the D of several noises that do not know of each other.
std::unique_ptr<Noise> sum_of_noises(std::vector<std::unique_ptr<Noise>> terms);

/// From a field M and its divergence to c f M and its divergence c (M grad f + f div M).
void scale_with_loss(double c, const LandscapeValues &landscape, DiffusionValues &values);

/// c D.
void scale(double c, DiffusionValues &values);

/// Sizes the arrays of `values` and fills them with zeros.
void clear(unsigned int dimension, std::size_t n_points, DiffusionValues &values);
} // namespace lowland
