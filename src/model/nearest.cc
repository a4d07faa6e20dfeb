#include "model/nearest.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace lowland
{
namespace
{
bool same_letter(char a, char b)
{
  return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

/// Levenshtein's distance, row by row of its table.
std::size_t edit_distance(const std::string &a, const std::string &b)
{
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i)
  {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j)
    {
      const std::size_t replaced = diagonal + !same_letter(a[i], b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}
} // namespace

std::string nearest_name(const std::string &name, const std::vector<std::string> &candidates)
{
  const auto nearest = std::min_element(candidates.begin(), candidates.end(),
                                        [&](const auto &a, const auto &b) {
                                          return edit_distance(name, a) < edit_distance(name, b);
                                        });
  return nearest == candidates.end() ? std::string() : *nearest;
}
} // namespace lowland
