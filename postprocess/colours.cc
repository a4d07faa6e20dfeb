#include "colours.h"

#include <algorithm>
#include <vector>

namespace lowland
{
namespace
{
const std::vector<unsigned> viridis = {0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e,
                                       0x1f9e89, 0x35b779, 0x6dcd59, 0xb4de2c, 0xfde725};
const std::vector<unsigned> red_to_blue = {0x67001f, 0xb2182b, 0xd6604d, 0xf4a582,
                                           0xfddbc7, 0xf7f7f7, 0xd1e5f0, 0x92c5de,
                                           0x4393c3, 0x2166ac, 0x053061};

double channel(unsigned colour, int c)
{
  return ((colour >> (8 * (2 - c))) & 0xff) / 255.;
}
} // namespace

Colour colour_at(ColourMap map, double position)
{
  const auto &points = map == ColourMap::sequential ? viridis : red_to_blue;
  const double place = std::clamp(position, 0., 1.) * (points.size() - 1);
  const std::size_t left =
      std::min<std::size_t>(static_cast<std::size_t>(place), points.size() - 2);
  Colour colour;
  for (int c = 0; c < 3; ++c)
    colour[c] = channel(points[left], c) +
                (place - left) * (channel(points[left + 1], c) - channel(points[left], c));
  return colour;
}

vtkSmartPointer<vtkLookupTable> ColourScale::table() const
{
  constexpr int n_colours = 1024;
  auto table = vtkSmartPointer<vtkLookupTable>::New();
  table->SetNumberOfTableValues(n_colours);
  for (int i = 0; i < n_colours; ++i)
  {
    const Colour colour = colour_at(map, i / (n_colours - 1.));
    table->SetTableValue(i, colour[0], colour[1], colour[2]);
  }
  table->SetNanColor(light_grey[0], light_grey[1], light_grey[2], 1);
  table->SetTableRange(lower, upper);
  return table;
}
} // namespace lowland
