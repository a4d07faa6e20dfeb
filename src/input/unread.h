// Keys that only some kinds read, by the last column of the table: what is to be said where one is given to another kind.
// A key that has its default counts as not given, so that a file may state every value.
#pragma once

#include "input/parameters.h"

#include <string>
#include <vector>

namespace lowland
{
/// Whether the kind that was chosen reads this key.
bool is_read(const Parameters &parameters, const std::string &section, const std::string &key);

/// Throws InputError for the first of these keys that is given and not read: without it the problem would be another
/// one than was meant.
void refuse_unread(const Parameters &parameters, const std::string &section,
                   const std::vector<std::string> &keys);

/// A sentence for each key that is given and not read, where nothing refuses it: files that are varied from the command
/// line, as by a sweep over kinds, may have some.
std::vector<std::string> unread_keys(const Parameters &parameters);
} // namespace lowland
