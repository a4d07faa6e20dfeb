// The diffusion tensor D(theta) of the gradient noise.
//
// Convention, stated here once: the equation is d rho/dt = div(rho grad f) + sum_ij d_i d_j (rho D_ij).
// An SGD step theta <- theta - eta (grad f + xi) with covariance E[xi xi^T] = C has D = eta C / 2, so
// isotropic noise C = 2 sigma I gives D = eta sigma I and loss-scaled noise C = 2 sigma f I gives
// D = eta sigma f I. With eta the learning rate and sigma the intensity. With a learning rate schedule
// D is everywhere that of its largest eta, and Model scales it by eta(t) (model/model.h).
#pragma once

#include "input/parameters.h"
#include "model/landscape/landscape.h"

#include <memory>
#include <optional>

namespace lowland
{
/// D and div D at a batch of points, (div D)_i = sum_j d_j D_ij.
struct DiffusionValues
{
  Components tensor;     ///< [packed(i,j)][q]
  Components divergence; ///< [i][q]
};

/// The negative log-density V of an equilibrium that depends on theta through the loss alone.
class LossPotential
{
public:
  virtual ~LossPotential() = default;
  /// V(f); minus infinity where the density is infinite.
  virtual double value(double loss) const = 0;
  /// dV/df.
  virtual double derivative(double loss) const = 0;
  /// The formula of the invariant density, for logs.
  virtual std::string description() const = 0;
};

/// The noise of the gradient: what D is, and whether the equation has detailed balance with it.
class Noise
{
public:
  /// From the section `Noise`, with D at `learning_rate`. Throws InputError.
  static std::unique_ptr<Noise> create(const Parameters &parameters, const Landscape &landscape,
                                       double learning_rate);
  virtual ~Noise() = default;

  /// Derivatives of f that `evaluate` uses.
  virtual Derivatives needs() const = 0;
  /// Fills D and div D. `landscape` holds f and its derivatives up to `needs()` at `points`.
  virtual void evaluate(const Points &points, const LandscapeValues &landscape,
                        DiffusionValues &values) const = 0;
  /// V where D^-1 (grad f + div D) = grad V is known in closed form; null without detailed balance.
  virtual std::shared_ptr<const LossPotential> equilibrium() const { return nullptr; }
  /// Whether f must not be negative.
  virtual bool needs_nonnegative_loss() const { return false; }
  /// Whether D is positive semidefinite by construction, where f is not negative if that is needed.
  virtual bool is_semidefinite() const { return true; }
  /// Name and strength, for logs.
  const std::string &description() const { return description_; }

private:
  std::string description_;
};

/// Whether some term of `Noise/Kind` is stronger with a larger `Noise/Intensity`.
bool reads_intensity(const Parameters &parameters);

/// One row per kind, for `list` and the reference.
struct NoiseKind
{
  std::string name;
  std::string tensor;  ///< D
  std::string rank;    ///< of D
  std::string density; ///< the invariant density, where known
  std::string purpose;
};
const std::vector<NoiseKind> &noise_kinds();
} // namespace lowland
