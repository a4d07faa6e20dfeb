// The parameter file: whatever the text, it is read or refused by InputError. What is read survives being
// written by every_value(). Lines behind a line `--set` are assignments of the command line.
#include "input/parameters.h"

#include <cstdint>
#include <cstdlib>
#include <sstream>

namespace
{
using lowland::InputError;
using lowland::Parameters;

void read(const std::string &text, const std::vector<std::string> &assignments)
{
  const Parameters parameters = Parameters::from_text(text, "fuzz.prm", assignments);
  const std::string written = parameters.every_value();
  if (Parameters::from_text(written).every_value() != written)
    std::abort();
  for (const auto &row : lowland::parameter_table())
    if (row.pattern.rfind("numbers", 0) == 0)
      parameters.numbers(row.section, row.key);
    else if (row.pattern.rfind("rows", 0) == 0)
      parameters.rows(row.section, row.key);
  output_times(parameters);
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
  std::string text(reinterpret_cast<const char *>(data), size);
  std::vector<std::string> assignments;
  const std::string mark = "--set\n";
  if (const auto at = text.find(mark); at != std::string::npos)
  {
    std::istringstream lines(text.substr(at + mark.size()));
    for (std::string line; std::getline(lines, line);)
      assignments.push_back(line);
    text.erase(at);
  }
  try
  {
    read(text, assignments);
  }
  catch (const InputError &)
  {
  }
  return 0;
}
