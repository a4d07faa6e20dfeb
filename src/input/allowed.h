// The short notation that says which values a parameter may have, and its meaning in words.
//
//   auto | number > 0       alternatives; anything that is not listed here stands for itself
//   number, integer         with bounds behind: > >= < <=, e.g. number > 0 < 1
//   numbers                 separated by commas, each within the bounds behind
//   rows                    rows of numbers, separated by semicolons (mixtures, tables), each number within the bounds
//   range                   lin(a, b, n) or log(a, b, n): n numbers from a to b
//   some of x, y, z         any of these, separated by commas, or nothing
//   sum of x, y, z          one of these, or several joined by +
//   formula, formulas, text, filename    anything: checked by its owner
#pragma once

#include <string>
#include <vector>

namespace lowland
{
/// Whether `value` is one of the alternatives of `notation`.
bool is_allowed(const std::string &value, const std::string &notation);

/// The notation as a user reads it: "auto, or a number > 0".
std::string in_words(const std::string &notation);

/// The words that a user may write according to `notation`, e.g. {"auto"}.
std::vector<std::string> literals(const std::string &notation);

/// Numbers separated by commas, or the numbers of a range, of a value that is_allowed() accepted.
std::vector<double> to_numbers(const std::string &value);
} // namespace lowland
