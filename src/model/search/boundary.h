// The curved or slanted boundary of a search region, in smooth pieces, and where f is lowest on it.
#pragma once

#include "model/landscape/landscape.h"

#include <functional>

namespace lowland
{
/// A smooth piece of a region's boundary: the image of s in [0,1]^(d-1).
struct BoundaryPatch
{
  std::function<Coordinates(const Coordinates &s)> point;
  std::function<std::array<Coordinates, 2>(const Coordinates &s)> tangents; ///< d point / d s_i
};

/// A straight edge (2 corners) or a bilinear face (4 corners, s_0 running first).
BoundaryPatch face_patch(const std::vector<Coordinates> &corners);

/// The circle (d = 2) or sphere (d = 3) in pieces of equal angles, small enough for one start each.
std::vector<BoundaryPatch> sphere_patches(const Coordinates &centre, double radius,
                                          unsigned int dimension);

/// Where f is lowest on the patches that look lowest: the end points of bound-constrained descents
/// (PETSc TAO), one a patch, of at most 200 patches. Not all of them are minima of the region.
std::vector<Coordinates> boundary_candidates(const Landscape &landscape,
                                             const std::vector<BoundaryPatch> &patches);
} // namespace lowland
