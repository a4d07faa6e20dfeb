// The nearest known word to a misspelled one, for error messages.
#pragma once

#include <string>
#include <vector>

namespace lowland
{
/// The word of `known` with the smallest edit distance (Levenshtein, ignoring case) to `word`;
/// empty where none is near enough to be what was meant (more than a third of the letters differ).
std::string nearest(const std::string &word, const std::vector<std::string> &known);

/// " Did you mean `nearest`?", or nothing where no known word is near.
std::string did_you_mean(const std::string &word, const std::vector<std::string> &known);
} // namespace lowland
