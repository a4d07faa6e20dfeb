// Walls that absorb: what reaches them has left for good, rho = 0 there. All others reflect.
#pragma once

#include "input/parameters.h"
#include "model/formula/formula.h"

namespace lowland
{
struct Domain;

/// The parts of the boundary and of the inside that absorb.
struct Walls
{
  /// Sides of the box by axis, lower and upper.
  std::array<std::array<bool, 2>, 3> sides{};
  bool rim = false; ///< the whole boundary of a ball or of a file's mesh
  /// A region inside of the domain where the function is not 0; null for none.
  std::shared_ptr<const Function> region;

  bool any() const;
  /// How many sides of the box absorb.
  unsigned int n_sides() const;
  /// Names of the parts that absorb: "x-", "x+", ... for sides, "boundary", "region".
  std::vector<std::string> parts() const;
  /// The index in parts() of the side 2 axis + (0 lower, 1 upper); of the only wall of a ball or of a
  /// file's mesh, whatever `side` is. Empty where it reflects.
  std::optional<unsigned int> part_of_side(unsigned int side) const;
  /// That of the region, which must be there.
  unsigned int part_of_region() const;
};

/// Reads `Domain/Absorbing` and `Escape/Exit` into `domain.walls`. Where the exit ends at a plane across
/// an axis, or leaves a margin beyond a curved rim, the box is cut down, and its new side absorbs: that
/// wall is then exact. Throws InputError: an axis that closes on itself, an exit of nothing or everything.
void read_walls(const Parameters &parameters, Domain &domain);
} // namespace lowland
