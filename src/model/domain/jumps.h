// Where coefficients jump.
#pragma once

#include "model/domain/domain.h"
#include "model/search/minima.h"

#include <functional>

namespace lowland
{
/// Fills the components of a function at the points.
using Field = std::function<void(const Points &points, Components &values)>;

/// Between each point of `from` and that of the same place in `to`: a point at which the function jumps, if there is one,
/// found by halving. What is continuous loses its difference on the way; a jump of less than 1e-5 of the
/// function there, or 1e-13 of its largest value, goes unseen.
std::vector<Coordinates> find_jumps(const Field &field, const Points &from, const Points &to);

/// D, as find_jumps() wants it.
Field diffusion_of(const Model &model);

/// On a line: where the drift grad f + div D jumps. Looked for between 4000 equidistant points and, 16 to an octave,
/// towards each minimum of the loss; none where there are more than a hundred, which no mesh needs to know.
std::vector<double> kinks_on_line(const Model &model, const Domain &domain,
                                  const std::vector<Minimum> &minima);
} // namespace lowland
