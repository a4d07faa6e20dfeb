// Colours: the perceptually uniform map, the diverging one, and the scale that leads from values to
// them.
#pragma once

#include <vtkLookupTable.h>
#include <vtkSmartPointer.h>

#include <array>

namespace lowland
{
using Colour = std::array<double, 3>; ///< red, green, blue in [0, 1]

constexpr Colour black{0.12, 0.12, 0.14}, grey{0.45, 0.45, 0.48}, light_grey{0.86, 0.86, 0.88},
    white{1, 1, 1}, orange{0.85, 0.37, 0.01};

enum class ColourMap
{
  sequential, ///< viridis (van der Walt and Smith 2015, CC0), from its ten published points
  diverging   ///< ColorBrewer's RdBu, blue above the middle
};

/// The colour at `position` in [0, 1]; what lies outside takes the end's colour.
Colour colour_at(ColourMap map, double position);

/// Values from `lower` to `upper` mapped to colours. If `log`, values are base-10 logarithms,
/// and the ticks of the bar show the powers.
struct ColourScale
{
  double lower = 0, upper = 1;
  bool log = false;
  ColourMap map = ColourMap::sequential;

  vtkSmartPointer<vtkLookupTable> table() const;
};
} // namespace lowland
