// What `lowland list` and `lowland template` print: all landscapes, noises and parameters.
#pragma once

#include <iosfwd>

namespace lowland
{
/// Landscapes, noises and parameters as aligned columns.
void print_list(std::ostream &out);

/// Landscapes, noises and parameters as Markdown tables, the parameters one per section (README).
void print_markdown(std::ostream &out);

/// A complete parameter file: every key at its default, with meaning, unit and what is allowed.
void print_template(std::ostream &out);
} // namespace lowland
