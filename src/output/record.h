// What is measured at one recorded time.
#pragma once

#include <string>
#include <vector>

namespace lowland
{
/// One measured number with its column title.
struct Observable
{
  std::string name, unit;
  double value; ///< NaN where it does not exist
};

/// One row of observables.csv.
class Record
{
public:
  void add(const std::string &name, const std::string &unit, double value)
  {
    columns_.push_back({name, unit, value});
  }
  const std::vector<Observable> &columns() const { return columns_; }
  /// NaN where there is no such column.
  double operator[](const std::string &name) const;

private:
  std::vector<Observable> columns_;
};
} // namespace lowland
