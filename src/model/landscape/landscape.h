// The loss f(theta), with exact gradient and Hessian.
#pragma once

#include "input/parameters.h"
#include "model/formula/formula.h"

#include <memory>

namespace lowland
{
/// How many derivatives of f to evaluate.
enum class Derivatives
{
  none = 0,
  gradient = 1,
  hessian = 2,
  third = 3
};

/// f and its derivatives at a batch of points. Arrays that were not asked for are empty.
struct LandscapeValues
{
  std::vector<double> loss; ///< f
  Components gradient;      ///< [i][q]: d_i f
  Components hessian;       ///< [packed(i,j)][q]: d_i d_j f
  Components third;         ///< [packed(i,j,k)][q]: d_i d_j d_k f

  /// Takes f and its derivatives up to `order` from one list.
  void take(Components all, unsigned int dimension, Derivatives order);
};

class LossFunction;

/// A loss over 1, 2 or 3 parameters with its exact derivatives.
class Landscape
{
public:
  /// From the section `Landscape`. Throws InputError for a formula that cannot be used.
  explicit Landscape(const Parameters &parameters);
  /// A formula in the first `dimension` coordinates plus `floor`. Throws FormulaError.
  Landscape(unsigned int dimension, const std::string &formula, const Constants &constants = {},
            double floor = 0);
  /// One of the library's kinds, some of its constants replaced. Throws FormulaError.
  static Landscape named(const std::string &kind, unsigned int dimension,
                         const Constants &replaced = {}, double floor = 0);
  explicit Landscape(std::shared_ptr<const LossFunction> loss);

  unsigned int dimension() const;
  /// The formula with its constants in place, for logs and summaries.
  std::string description() const;

  /// Evaluates f and its derivatives up to `order` at all points. Never throws for non-finite
  /// values: the caller knows where a value matters.
  void evaluate(const Points &points, Derivatives order, LandscapeValues &values) const;

  /// f at one point.
  double value(const Coordinates &point) const;

  /// What evaluates f.
  const std::shared_ptr<const LossFunction> &loss() const { return loss_; }

private:
  std::shared_ptr<const LossFunction> loss_;
};

/// One row per landscape kind: what `list` and the reference print.
struct LandscapeKind
{
  std::string name;
  std::string
      formula; ///< in x, y, z (0 beyond the dimension), constants and "where p = ..., q = ..."
  std::string constants;  ///< "name=default, ..."
  std::string dimensions; ///< "1, 2, 3" or "2"
  std::string purpose;    ///< what it is for and what its constants mean, one sentence
};
const std::vector<LandscapeKind> &landscape_kinds();
} // namespace lowland
