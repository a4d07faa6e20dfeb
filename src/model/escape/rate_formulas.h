// Asymptotic rates for weak noise, from the curvatures at minima and passes alone.
//
// For D = T I in detailed balance, T a function of the loss, Laplace's method gives the chain of
//
//   m_a  = pi(x_a) ((2 pi T_a)^d / det H_a)^(1/2)
//   C_ab = sum over the passes s between a and b of
//          pi(x_s) |mu_s| / (2 pi) ((2 pi T_s)^d / |det H_s|)^(1/2),
//
// mu_s the negative eigenvalue of the Hessian H_s. For isotropic noise these are the Eyring-Kramers
// rates |mu_s|/(2 pi) (det H_a/|det H_s|)^(1/2) exp(-(f_s - f_a)/(eta sigma)); for loss-scaled noise
// the exponential is the power law (f_s/f_a)^-(1/(eta sigma) + 1 - d/2) of the ratio of losses
// (Mori, Ziyin, Liu and Ueda, ICML 2022). Several minima: eliminate the others from the chain.
#pragma once

#include "model/escape/well_chain.h"
#include "model/escape/wells.h"
#include "model/model.h"
#include "model/search/saddles.h"

#include <optional>

namespace lowland
{
/// The chain of these C and m. Nothing where D is no multiple of the identity at a minimum or a
/// pass, where a minimum is degenerate, where the passes found do not connect all minima, or for
/// coordinates reduced by symmetry.
std::optional<WellChain> asymptotic_chain(const Model &model, const std::vector<Well> &minima,
                                          const std::vector<Saddle> &saddles);
} // namespace lowland
