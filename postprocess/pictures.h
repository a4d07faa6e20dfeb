// Whole pages, one function a style.
#pragma once

#include "field.h"
#include "run_folder.h"

#include <string>
#include <vector>

namespace lowland
{
/// What the command line asks for.
struct PictureRequest
{
  std::string field = "rho";
  std::string style;                ///< map, surface, curve, volume or dashboard; empty: by dimension
  std::vector<std::size_t> indices; ///< recorded times, one picture each on one common scale
  int width = 1200, height = 960;
};


/// Two parameters: colours over contours of the loss. One file a time.
void write_maps(const RunFolder &run, const PictureRequest &request,
                const std::vector<std::string> &files);
} // namespace lowland
