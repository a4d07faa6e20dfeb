// The learning rate eta(t), and the pieces on which it is smooth.
#pragma once

#include "input/parameters.h"

#include <functional>
#include <string>
#include <vector>

namespace lowland
{
/// eta(t) on [0, End], in pieces between which it may jump or have a kink. Time steps must not
/// reach across the ends of pieces.
class LearningRate
{
public:
  /// eta(t), smooth and monotonic between two times.
  struct Piece
  {
    double begin, end; ///< the last piece never ends
    std::function<double(double time)> value;
  };

  /// From the section `Learning rate schedule` and Noise/Learning rate. Throws InputError.
  explicit LearningRate(const Parameters &parameters);

  bool is_constant() const { return is_constant_; }
  /// The largest eta of the run. The noise's D and the reference weight are those of this eta.
  double reference() const { return reference_; }
  /// The piece around `time`; at the border of two of them the later one.
  const Piece &piece(double time) const;
  /// eta(time)/reference().
  double relative(double time) const { return piece(time).value(time) / reference_; }
  const std::string &description() const { return description_; }

private:
  std::vector<Piece> pieces_;
  std::string description_;
  double reference_ = 0;
  bool is_constant_ = false;
};
} // namespace lowland
