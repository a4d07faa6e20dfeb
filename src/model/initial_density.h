// The density rho_0 at time 0.
#pragma once

#include "model/formula.h"
#include "model/model.h"

namespace lowland
{
/// One Gaussian of a mixture, axes aligned.
struct Bump
{
  double weight = 1;
  Coordinates mean{};
  Coordinates deviation{}; ///< standard deviation along each axis
};

/// rho_0 up to its normalisation, which the mesh takes care of.
class InitialDensity
{
public:
  /// From the section `Initial density`. Throws InputError.
  explicit InitialDensity(const Parameters &parameters);
  /// The invariant density.
  static InitialDensity invariant();
  /// None: the question is about the long run alone.
  static InitialDensity none();

  /// rho_0 at the points, not normalised on the domain. For `invariant`, pi/max(pi).
  void evaluate(const Points &points, const Model &model, std::vector<double> &values) const;

  /// Its Gaussians; empty for other kinds. The mesh resolves them before it can measure anything.
  const std::vector<Bump> &bumps() const { return bumps_; }
  bool is_invariant() const { return kind_ == Kind::invariant; }
  bool is_none() const { return kind_ == Kind::none; }
  const std::string &description() const { return description_; }

private:
  InitialDensity() = default;
  enum class Kind
  {
    bumps,
    uniform,
    expression,
    invariant,
    none
  };

  Kind kind_ = Kind::bumps;
  std::vector<Bump> bumps_;
  std::shared_ptr<const Function> formula_;
  std::string description_;
};
} // namespace lowland
