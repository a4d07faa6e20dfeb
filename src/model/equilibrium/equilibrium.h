// The invariant density in detailed balance, and the reference weight made from it.
#pragma once

#include "model/noise/noise.h"

#include <limits>
#include <optional>

namespace lowland
{
/// pi = exp(-(V - V_min)) / Z in logarithms: nothing overflows however large V is.
///
/// Only the shape is known here, pi / max(pi) = exp(-(V - V_min)), with V_min from the minima of f and
/// not from mesh points. Z is an integral over the domain and belongs to the mesh.
class Equilibrium
{
public:
  /// `lowest_loss` is the smallest f in the domain.
  Equilibrium(std::shared_ptr<const LossPotential> potential, double lowest_loss);

  /// log(pi / max(pi)) at loss f: at most 0.
  double log_relative_density(double loss) const { return v_min_ - potential_->value(loss); }
  /// d/df of log(pi): minus dV/df.
  double log_density_slope(double loss) const { return -potential_->derivative(loss); }
  /// V_min; minus infinity where pi is unbounded.
  double lowest_potential() const { return v_min_; }
  bool bounded() const { return v_min_ > -std::numeric_limits<double>::infinity(); }
  std::string description() const { return potential_->description(); }

private:
  std::shared_ptr<const LossPotential> potential_;
  double v_min_;
};

/// The positive weight w of rho = w u: pi/max(pi) + floor, or 1.
class ReferenceWeight
{
public:
  /// w = 1.
  ReferenceWeight() = default;
  /// w = pi/max(pi) + floor.
  explicit ReferenceWeight(double floor) : is_one_(false), floor_(floor) {}

  bool is_one() const { return is_one_; }
  double floor() const { return floor_; }
  /// w, from log(pi/max(pi)).
  double value(double log_relative_density) const;
  /// The part floor/(pi/max(pi) + floor) of the drift b = grad f + div D that w leaves over in
  /// g = b - D grad(-log w); 1 for w = 1.
  double drift_fraction(double log_relative_density) const;

private:
  bool is_one_ = true;
  double floor_ = 0;
};
} // namespace lowland
