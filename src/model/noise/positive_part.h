// The positive part of the Hessian of the loss, and its divergence.
#pragma once

#include "model/noise/noise.h"

namespace lowland
{
/// H_+ = sum_a max(lambda_a, 0) v_a v_a^T over the eigenpairs of the Hessian H of f, and div H_+.
///
/// With v = (v_1, ..., v_d) the derivative of H_+ along the coordinate k is (Daleckii & Krein; Bhatia,
/// Matrix Analysis, V.3.3)
///
///   d_k H_+ = v (G . (v^T d_k H v)) v^T,   G_ab = (lambda_a+ - lambda_b+) / (lambda_a - lambda_b),
///
/// the product . by entries, and G_aa = 1, 0 or 1/2 for lambda_a > 0, < 0 or = 0. H_+ is Lipschitz:
/// where an eigenvalue crosses zero it has a kink, but no jump, so its weak divergence is the
/// function computed here and the form needs nothing else across the kink.
///
/// `landscape` holds derivatives up to the third.
void positive_part(const Points &points, const LandscapeValues &landscape, DiffusionValues &values);
} // namespace lowland
