// The closing sentence of a run: its result in words that a person remembers.
#pragma once

#include "model/search/minima.h"
#include "output/record.h"

#include <optional>
#include <string>
#include <vector>

namespace lowland
{
/// "After t = 200 (2000 steps of SGD) the density is within 0.056 of its invariant one in L1; 87.2 % of
/// the mass sits in the flat basin at (-1, 0)." Where no density is invariant, the expected loss stands
/// for the distance, where mass is absorbed what is left of it; without basins, mean and expected loss
/// for the share. `masses`: of the basin of each minimum, or empty. `learning_rate`: empty under a
/// schedule.
std::string evolution_in_words(const Record &record, std::optional<double> learning_rate,
                               const std::vector<Minimum> &minima,
                               const std::vector<double> &masses, unsigned int dimension);

/// "In the long run 90 % of the mass sits in the flat basin at (-1, 0)." `exit_rate`: that of the
/// quasi-stationary density, where mass is absorbed.
std::string invariant_density_in_words(const Record &record, const std::vector<Minimum> &minima,
                                       const std::vector<double> &masses, unsigned int dimension,
                                       std::optional<double> exit_rate = {});

/// "The distance to the invariant density falls by a factor e every 57.5 units of time (575 steps of
/// SGD)."
/// `what`: "The distance to the invariant density".
std::string decay_in_words(const std::string &what, double rate, double learning_rate);

/// "Leaving the minimum at (0.974, 0) for that at (-1.02, 0) takes 4e17 units of time on average
/// (2e19 steps of SGD)." `from`, `to`: "the minimum at (0.974, 0)", "any other".
std::string escape_in_words(const std::string &from, const std::string &to, double mfpt,
                            double learning_rate);

/// "(-1, 0)": what is below 1e-9 of the largest coordinate, or below 1e-12, counts as 0.
std::string point_in_words(const Coordinates &point, unsigned int dimension, int digits = 3);
} // namespace lowland
