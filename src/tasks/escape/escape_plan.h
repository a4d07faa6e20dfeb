// Between which wells escape is asked for: the section `Escape` of the parameter file.
#pragma once

#include "model/escape/wells.h"
#include "model/search/minima.h"

#include <string>
#include <vector>

namespace lowland
{
/// From one well to one other, or to the nearest of several; or to the walls that absorb.
struct EscapeQuestion
{
  std::size_t from;
  std::vector<std::size_t> to;
  bool all_others = false; ///< `to` is every other well
  bool to_exit = false;    ///< `to` is the number of wells, the exit's place after all of them
};

struct EscapePlan
{
  /// The minima of f in the domain, lowest first, but for those that lie in the set of another well
  /// and that nobody asks for; then the points that the user gave.
  std::vector<Well> wells;
  std::vector<std::size_t> numbers; ///< of the wells: from 1, minima before points
  std::size_t n_minima;             ///< numbers above are those of points
  std::vector<bool> active;         ///< whether a question names the well
  std::vector<EscapeQuestion> questions;

  std::string name(std::size_t well) const;          ///< "1"
  std::string name(const EscapeQuestion &q) const;   ///< "1 -> 2", "1 -> others" or "1 -> exit"
  std::string target(const EscapeQuestion &q) const; ///< what stands behind the arrow
};

/// With walls that absorb (`exits`) the questions are those for the way out. Throws InputError: one minimum only,
/// a number or point that is not there, a degenerate minimum, sets that overlap.
EscapePlan read_escape_plan(const Parameters &parameters, const Model &model,
                            const SearchRegion &region, const std::vector<Minimum> &minima,
                            bool exits = false);
} // namespace lowland
