// The nearest known name to a misspelled one.
#pragma once

#include <string>
#include <vector>

namespace lowland
{
/// The candidate with the smallest edit distance (case ignored) to `name`; the first of equals.
/// Empty without candidates.
std::string nearest_name(const std::string &name, const std::vector<std::string> &candidates);
} // namespace lowland
