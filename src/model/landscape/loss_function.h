// What a landscape is made of: a formula, a regression over data, or a table.
#pragma once

#include "model/landscape/landscape.h"

namespace lowland
{
/// f with its derivatives up to the third.
class LossFunction
{
public:
  LossFunction(unsigned int dimension_, std::string description_)
      : dimension(dimension_), description(std::move(description_))
  {
  }
  virtual ~LossFunction() = default;

  /// Fills f and its derivatives up to `order`, and empties the other arrays. Thread-safe.
  virtual void evaluate(const Points &points, Derivatives order, LandscapeValues &values) const = 0;

  /// Where f is known; null for everywhere.
  virtual const Box *extent() const { return nullptr; }

  const unsigned int dimension;
  const std::string description; ///< for logs and summaries
};

/// e and its derivatives up to `order`, in the order of LandscapeValues.
std::vector<GiNaC::ex> with_derivatives(const GiNaC::ex &e, unsigned int dimension,
                                        Derivatives order);
} // namespace lowland
