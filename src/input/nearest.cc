#include "input/nearest.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace lowland
{
namespace
{
char lower(char c)
{
  return std::tolower(static_cast<unsigned char>(c));
}

// Dynamic programming over one row of the table of prefixes.
std::size_t edit_distance(const std::string &a, const std::string &b)
{
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i)
  {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j)
    {
      const std::size_t replaced = diagonal + (lower(a[i]) != lower(b[j]));
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}
} // namespace

std::string nearest(const std::string &word, const std::vector<std::string> &known)
{
  std::string best;
  std::size_t smallest = std::max<std::size_t>(2, (word.size() + 2) / 3) + 1;
  for (const auto &candidate : known)
    if (const auto distance = edit_distance(word, candidate);
        distance < std::min(smallest, std::max(word.size(), candidate.size())))
    {
      smallest = distance;
      best = candidate;
    }
  return best;
}

std::string did_you_mean(const std::string &word, const std::vector<std::string> &known)
{
  const std::string guess = nearest(word, known);
  return guess.empty() ? "" : " Did you mean `" + guess + "`?";
}
} // namespace lowland
