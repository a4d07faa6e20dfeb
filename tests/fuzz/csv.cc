// Tables of numbers: whatever the file, it is refused by std::runtime_error, or every column has the same
// number of finite values.
#include "input/csv.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>

namespace
{
void check(const lowland::NumberTable &table)
{
  if (table.n_rows() == 0 || table.columns.size() != table.names.size())
    std::abort();
  for (const auto &column : table.columns)
  {
    if (column.size() != table.n_rows())
      std::abort();
    for (const double value : column)
      if (!std::isfinite(value))
        std::abort();
  }
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
  const int file = memfd_create("fuzz.csv", 0);
  if (file < 0 || write(file, data, size) != static_cast<ssize_t>(size))
    std::abort();
  try
  {
    check(lowland::read_csv("/proc/self/fd/" + std::to_string(file)));
  }
  catch (const std::runtime_error &)
  {
  }
  close(file);
  return 0;
}
