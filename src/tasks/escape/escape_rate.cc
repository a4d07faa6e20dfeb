#include "tasks/escape/escape_rate.h"

#include <algorithm>
#include <cmath>

namespace lowland
{
double relative_difference(const EscapeRate &rate, const EscapeRate &other)
{
  const auto difference = [](double value, double other_value) {
    const double relative = std::abs(other_value / value - 1);
    return std::isnan(relative) ? std::numeric_limits<double>::infinity() : relative;
  };
  return std::max(difference(rate.rate, other.rate), difference(rate.mfpt, other.mfpt));
}
} // namespace lowland
