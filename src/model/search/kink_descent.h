// Descent to the minima of losses with kinks, |x| + y^2 say, beside which a search by Newton's method stops.
#pragma once

#include "model/landscape/landscape.h"

namespace lowland
{
/// Where the descent goes on from a point at which Newton's method stopped in a box: BFGS with a line search for the weak
/// Wolfe conditions, which kinks do not stop (Lewis & Overton, Math. Program. 141, 2013), and then the lowest of the
/// points around, ever nearer. The point itself if f is smooth there: its gradient vanishes beside the changes of f at
/// the distance `step`.
Coordinates through_kinks(const Landscape &landscape, const Box &box, const Coordinates &point,
                          double step);
} // namespace lowland
