// The loss f(theta), with exact gradient and Hessian.
#pragma once

#include "input/parameters.h"
#include "model/points.h"

#include <memory>
#include <string>
#include <vector>

namespace lowland
{
/// f and its derivatives at a batch of points. Arrays that were not asked for are empty.
struct LandscapeValues
{
  std::vector<double> loss; ///< f
  Components gradient;      ///< [i][q]: d_i f
  Components hessian;       ///< [packed(i,j)][q]: d_i d_j f
};

/// How many derivatives of f to evaluate.
enum class Derivatives
{
  none = 0,
  gradient = 1,
  hessian = 2
};

/// A loss over 1, 2 or 3 parameters, differentiated symbolically.
class Landscape
{
public:
  /// From the section `Landscape`. Throws InputError for a formula that cannot be used.
  explicit Landscape(const Parameters &parameters);
  ~Landscape();
  Landscape(Landscape &&) noexcept;

  unsigned int dimension() const;
  /// The formula with its constants in place, for logs and summaries.
  std::string description() const;

  /// Evaluates f, grad f and the Hessian up to `order` at all points. Never throws for
  /// non-finite values: the caller knows where a value matters.
  void evaluate(const Points &points, Derivatives order, LandscapeValues &values) const;

  /// f at one point.
  double value(const Coordinates &point) const;

private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// One row per landscape kind: what `list` and the reference print.
struct LandscapeKind
{
  std::string name;
  std::string formula;    ///< in x, y, z and the named constants
  std::string constants;  ///< "name=default, ..." with what they mean
  std::string dimensions; ///< "1, 2, 3" or "2"
  std::string purpose;    ///< what it is for, one sentence
};
const std::vector<LandscapeKind> &landscape_kinds();
} // namespace lowland
