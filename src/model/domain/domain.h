// The part Omega of parameter space in which the equation is solved: its geometry, no mesh.
#pragma once

#include "model/domain/walls.h"
#include "model/initial_density.h"
#include "model/search/search_region.h"

#include <optional>

namespace lowland
{
/// Geometry of the domain. No probability flows through its boundary, but for walls that absorb.
struct Domain
{
  enum class Kind
  {
    box,
    ball,
    file
  };

  Kind kind = Kind::box;
  unsigned int dimension = 2;
  /// K: above 1 the last coordinate is the radius of K parameters.
  unsigned int radial_dimension = 1;
  Coordinates lower{}, upper{};   ///< corners of the box
  std::optional<Box> found;       ///< by `auto`, before walls cut it
  std::array<bool, 3> periodic{}; ///< which pairs of its sides are glued together
  Coordinates centre{};           ///< of the ball
  double radius = 0;              ///< of the ball
  bool cut_at_radius_0 = false;   ///< a box that was asked for with negative radii
  std::string file;               ///< a Gmsh mesh
  Walls walls;                    ///< what absorbs
  std::vector<double> kinks;      ///< on a line: where the drift jumps, to be vertices of the mesh
  std::string description;        ///< for logs

  /// From the section `Domain`; `auto` becomes the box that leaves out at most the stated invariant
  /// mass and of the start, and holds all of a computed one, or the box that was `found_before`; of a table it is the
  /// whole table. Throws InputError, also where f differs on periodic sides.
  static Domain create(const Parameters &parameters, const Model &model,
                       const InitialDensity &start, const std::optional<Box> &found_before = {});
  /// Whether a particle at x is absorbed.
  bool absorbs(const Coordinates &x) const;

  /// Where to look for minima. Of a file, the box that the caller fills in from the mesh.
  SearchRegion search_region() const;
};
} // namespace lowland
