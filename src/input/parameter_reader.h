// Reads a parameter file: deal.II's ParameterHandler parses, this turns what it throws into one
// message in the user's words and remembers the line of each key.
#pragma once

#include "input/parameters.h"

#include <map>
#include <string>
#include <vector>

namespace lowland
{
/// What a key has, and from where.
struct ParameterValue
{
  std::string text;
  std::string origin; ///< "line 12", "--set", or empty for a default
};

/// A value for every key of the table, in which nothing is checked yet: from a text called `name` in messages, then from
/// assignments "Section/Key=value". Throws InputError: unknown sections and keys, keys that are given twice, lines that
/// are not understood.
std::map<ParameterKey, ParameterValue> read_values(const std::string &text, const std::string &name,
                                                   const std::vector<std::string> &assignments);

/// Section and key of "Time/End".
ParameterKey to_key(const std::string &path);
/// "Time/End", as --set writes it.
std::string path_of(const ParameterKey &key);
/// The key's row of the table; null if there is none.
const ParameterRow *find_row(const ParameterKey &key);
/// Why a value would not survive being written to a file; empty if it would: no comment sign, no continuation, and no
/// braces, which ParameterHandler reserves and would leave unchecked.
std::string unwritable(const std::string &value);
} // namespace lowland
