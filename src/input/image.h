// Values on a regular grid from a VTK image file (.vti).
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

namespace lowland
{
/// Named arrays at the points of a grid in up to three dimensions. The point (i, j, k) has the index
/// i + sizes[0] (j + sizes[1] k) and lies at origin + (i, j, k) spacing.
struct Image
{
  std::array<std::size_t, 3> sizes{}; ///< number of points along each axis; 1 beyond the dimension
  std::array<double, 3> origin{}, spacing{};
  std::map<std::string, std::vector<std::vector<double>>> arrays; ///< [name][component][point]
};

/// Reads the point data of the file by VTK. Throws std::runtime_error with what is wrong.
Image read_image(const std::string &file);
} // namespace lowland
