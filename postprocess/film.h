// Numbered frames to one film.
#pragma once

#include <string>
#include <vector>

namespace lowland
{
/// Joins the frames (name_0000.png, name_0001.png, ...) to name.mp4 with ffmpeg and returns its
/// path; empty if ffmpeg is not installed or fails.
std::string make_film(const std::vector<std::string> &frames);
} // namespace lowland
