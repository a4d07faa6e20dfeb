#include "output/record.h"

#include <limits>

namespace lowland
{
double Record::operator[](const std::string &name) const
{
  for (const Observable &column : columns_)
    if (column.name == name)
      return column.value;
  return std::numeric_limits<double>::quiet_NaN();
}
} // namespace lowland
