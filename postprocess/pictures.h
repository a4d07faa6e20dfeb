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
  std::string style; ///< map, surface, curve, volume or dashboard; empty: by dimension
  std::vector<std::size_t> indices; ///< recorded times, one picture each on one common scale
  int width = 1200, height = 960;
  bool exact_size = false;           ///< asked for; else a page may become smaller to suit its plot
  bool mesh = false, arrows = false; ///< on maps: the cells' edges, arrows along the current
};

/// Two parameters: colours over contours of the loss. One file a time.
void write_maps(const RunFolder &run, const PictureRequest &request,
                const std::vector<std::string> &files);

/// Two parameters: the field as a height above the plane. One file a time.
void write_surfaces(const RunFolder &run, const PictureRequest &request,
                    const std::vector<std::string> &files);

/// Three parameters: nested shells. One file a time.
void write_volumes(const RunFolder &run, const PictureRequest &request,
                   const std::vector<std::string> &files);

/// One parameter: the curves of all requested times in one picture.
void write_curves(const RunFolder &run, const PictureRequest &request, const std::string &file);

/// One parameter: one file a time, all on the same axes.
void write_curve_frames(const RunFolder &run, const PictureRequest &request,
                        const std::vector<std::string> &files);

/// At most n recorded times: the first, the last, and others at even ratios between, because a
/// density changes fast at first and slowly later.
std::vector<std::size_t> spread_times(const RunFolder &run, std::size_t n);

/// One page that shows the run at a glance: the density at four times, its invariant density, the
/// distance to it and the expected loss over time.
void write_dashboard(const RunFolder &run, const PictureRequest &request, const std::string &file);

/// The same field of several runs with two parameters side by side, on one view and one scale.
void write_comparison(const std::vector<RunFolder> &runs, const PictureRequest &request,
                      const std::string &file);

/// Speed-up over ranks, from the tables strong.csv and weak.csv that cluster/scaling leaves in `folder`. Throws
/// std::runtime_error for tables that cannot be read.
void write_scaling(const std::string &folder, const PictureRequest &request,
                   const std::string &file);
} // namespace lowland
