#include "discretization/mesh/cell_name.h"

#include <cstring>

namespace lowland
{
std::vector<CellName> names_of(const std::string &records, std::size_t n_values)
{
  const std::size_t size = record_size(n_values);
  std::vector<CellName> names(records.size() / size);
  for (std::size_t k = 0; k < names.size(); ++k)
    std::memcpy(names[k].data(), records.data() + k * size, sizeof(CellName));
  return names;
}
} // namespace lowland
