// The answer to one question of escape: a rate and a mean first-passage time, and how far they may be off.
#pragma once

#include <limits>
#include <vector>

namespace lowland
{
/// What is known of one question; NaN where it is not.
struct EscapeRate
{
  double rate = std::numeric_limits<double>::quiet_NaN(); ///< 1/time
  double mfpt = std::numeric_limits<double>::quiet_NaN(); ///< time, from the minimum itself
  double asymptotic_rate = std::numeric_limits<double>::quiet_NaN();
  double error = std::numeric_limits<double>::quiet_NaN(); ///< relative, of rate and mfpt
  std::vector<double> parts; ///< for the exit: the probabilities to leave by each part of the walls
};

/// A relative error from which on not even the size of a rate is sure: it is left out.
constexpr double worst_error_of_rate = 0.5;

/// The larger of the differences of rate and mfpt, relative to `rate`; infinite where one of them is no number.
double relative_difference(const EscapeRate &rate, const EscapeRate &other);
} // namespace lowland
