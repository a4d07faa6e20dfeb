// The descent to a minimum of the loss in a box: Newton's method (PETSc TAO), and on through the kinks where that stops.
#pragma once

#include "model/landscape/landscape.h"

#include <memory>

namespace lowland
{
/// Descends from starts to local minima in a box, set up once for all starts in one box; PETSc must be initialised.
class Minimizer
{
public:
  Minimizer(const Landscape &landscape, const Box &box);
  ~Minimizer();
  /// Where the descent from `start` ends, as exactly as roundings allow; not always a minimum.
  Coordinates from(const Coordinates &start);
  /// The same by Newton's method alone, which stops at kinks.
  Coordinates newton_from(const Coordinates &start);

private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};
} // namespace lowland
