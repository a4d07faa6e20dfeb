#include "input/unread.h"

#include "input/parameter_reader.h"

#include <deal.II/base/utilities.h>

#include <algorithm>

namespace lowland
{
namespace
{
using dealii::Utilities::split_string_list;

/// "Kind = box | ball" taken apart.
struct Condition
{
  std::string key;
  std::vector<std::string> values;
};

Condition condition_of(const ParameterRow &row)
{
  const auto equals = row.read_with.find(" = ");
  return {row.read_with.substr(0, equals),
          split_string_list(row.read_with.substr(equals + 3), '|')};
}

bool is_read(const Parameters &parameters, const ParameterRow &row)
{
  if (row.read_with.empty())
    return true;
  const auto [key, values] = condition_of(row);
  // A sum reads what any of its terms reads.
  const auto chosen = split_string_list(parameters.text(row.section, key), '+');
  return std::find_first_of(chosen.begin(), chosen.end(), values.begin(), values.end()) !=
         chosen.end();
}

bool is_ignored(const Parameters &parameters, const ParameterRow &row)
{
  return parameters.given(row.section, row.key) && !is_read(parameters, row);
}

/// "means nothing with Kind = box; it needs Kind = ball"
std::string reason(const Parameters &parameters, const ParameterRow &row)
{
  const auto [key, values] = condition_of(row);
  std::string needed;
  for (std::size_t k = 0; k < values.size(); ++k)
    needed += (k == 0 ? "" : k + 1 < values.size() ? ", " : " or ") + values[k];
  return "means nothing with " + key + " = " + parameters.text(row.section, key) + "; it needs " +
         key + " = " + needed;
}
} // namespace

bool is_read(const Parameters &parameters, const std::string &section, const std::string &key)
{
  return is_read(parameters, *find_row({section, key}));
}

void refuse_unread(const Parameters &parameters, const std::string &section,
                   const std::vector<std::string> &keys)
{
  for (const std::string &key : keys)
    if (const ParameterRow &row = *find_row({section, key}); is_ignored(parameters, row))
      throw parameters.error(section, key, reason(parameters, row));
}

std::vector<std::string> unread_keys(const Parameters &parameters)
{
  std::vector<std::string> sentences;
  for (const ParameterRow &row : parameter_table())
    if (is_ignored(parameters, row))
      sentences.push_back(path_of({row.section, row.key}) + " = " +
                          parameters.text(row.section, row.key) + " is ignored: it " +
                          reason(parameters, row));
  return sentences;
}
} // namespace lowland
