// The density rho_0 at time 0.
#pragma once

#include "model/formula/formula.h"
#include "model/model.h"
#include "model/points.h"

#include <limits>
#include <optional>

namespace lowland
{
/// One Gaussian of a mixture, axes aligned.
struct Bump
{
  double weight = 1;
  Coordinates mean{};
  Coordinates deviation{}; ///< standard deviation along each axis
  /// log int |S^(K-1)| r^(K-1) N(r) dr of the normal density N along a radius of K parameters; K = 1: 0.
  double log_radial_mass = 0;
  bool is_image = false; ///< one of those that wrap another one around a periodic axis
};

/// A density that was computed, on a mesh of its own.
class ComputedDensity
{
public:
  virtual ~ComputedDensity() = default;
  /// The density at the points, at least 0; 0 beyond its mesh. Its mass is 1.
  virtual void evaluate(const Points &points, std::vector<double> &values) const = 0;
  /// The width of the smallest of its cells that hold these points; infinity beyond its mesh.
  virtual double resolution(const Points &points) const = 0;
  /// The box around its mesh.
  virtual Box extent() const = 0;
};

/// rho_0 up to its normalisation, which the mesh takes care of.
class InitialDensity
{
public:
  /// From the section `Initial density`. Throws InputError. The kinds `file` and `invariant` with another
  /// noise are complete after set().
  explicit InitialDensity(const Parameters &parameters);
  /// The invariant density.
  static InitialDensity invariant();
  /// None: the question is about the long run alone.
  static InitialDensity none();

  /// Completes a density that is computed; `what` describes it.
  void set(std::shared_ptr<const ComputedDensity> computed, const std::string &what);

  /// Wraps its Gaussians around an axis whose ends are glued together. Other kinds are left as they are.
  void wrap(unsigned int axis, double lower, double upper);

  /// rho_0 at the points, not normalised on the domain. For `invariant`, pi/max(pi).
  void evaluate(const Points &points, const Model &model, std::vector<double> &values) const;

  /// Its Gaussians; empty for other kinds. The mesh resolves them before it can measure anything.
  const std::vector<Bump> &bumps() const { return bumps_; }
  /// Its mass in the whole space; NaN where only the domain tells.
  double mass() const { return mass_; }
  /// The width of cells that see all of a computed density around the points; infinity for other kinds.
  double resolution(const Points &points) const;
  /// The box that holds a computed density; nothing for other kinds, and before set().
  std::optional<Box> extent() const;
  bool is_computed() const { return kind_ == Kind::computed; }
  bool is_invariant() const { return kind_ == Kind::invariant; }
  bool is_formula() const { return kind_ == Kind::expression; }
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
    computed,
    none
  };

  Kind kind_ = Kind::bumps;
  std::vector<Bump> bumps_;
  double mass_ = std::numeric_limits<double>::quiet_NaN();
  std::shared_ptr<const Function> formula_;
  std::shared_ptr<const ComputedDensity> computed_;
  std::string description_;
};
} // namespace lowland
