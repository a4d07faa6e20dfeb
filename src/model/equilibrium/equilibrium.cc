#include "model/equilibrium/equilibrium.h"

#include <cmath>

namespace lowland
{
Equilibrium::Equilibrium(std::shared_ptr<const LossPotential> potential, double lowest_loss)
    : potential_(std::move(potential)), v_min_(potential_->value(lowest_loss))
{
}

double ReferenceWeight::value(double log_relative_density) const
{
  return is_one_ ? 1.0 : std::exp(log_relative_density) + floor_;
}

double ReferenceWeight::drift_fraction(double log_relative_density) const
{
  if (is_one_)
    return 1.0;
  return floor_ == 0 ? 0.0 : floor_ / (std::exp(log_relative_density) + floor_);
}
} // namespace lowland
