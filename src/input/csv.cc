#include "input/csv.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <csv.h>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace lowland
{
namespace
{
/// Collects the values of one line after the other.
class Reader
{
public:
  explicit Reader(const std::string &file) : file_(file)
  {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
      throw std::runtime_error("not enough memory to read " + file);
  }
  ~Reader() { csv_free(&parser_); }
  Reader(const Reader &) = delete;

  /// One character at a time, so that we know the line of an error.
  NumberTable read(const std::string &text)
  {
    for (const char c : text)
    {
      check(csv_parse(&parser_, &c, 1, take_value, take_end_of_line, this) == 1);
      line_ += c == '\n';
      if (!error_.empty())
        throw std::runtime_error(error_);
    }
    check(csv_fini(&parser_, take_value, take_end_of_line, this) == 0);
    if (!error_.empty())
      throw std::runtime_error(error_);
    if (table_.n_rows() == 0)
      throw std::runtime_error(file_ + " has no data below its first line");
    return std::move(table_);
  }

private:
  static void take_value(void *value, std::size_t, void *self)
  {
    static_cast<Reader *>(self)->values_.emplace_back(static_cast<const char *>(value));
  }
  static void take_end_of_line(int, void *self) { static_cast<Reader *>(self)->finish_line(); }

  void check(bool ok) const
  {
    if (!ok)
      throw std::runtime_error(
          file_ + ", line " + std::to_string(line_) +
          ": quotes that do not balance, or stand inside a value; a value with "
          "a quote or comma is written \"like \"\"this\"\"\"");
  }

  void fail(const std::string &what)
  {
    if (error_.empty())
      error_ = file_ + ", line " + std::to_string(line_) + ": " + what;
  }

  void finish_line()
  {
    if (table_.names.empty())
      take_names();
    else if (values_.size() != table_.names.size())
      fail("has " + std::to_string(values_.size()) + " values, but the first line names " +
           std::to_string(table_.names.size()) + " columns");
    else
      for (std::size_t k = 0; k < values_.size(); ++k)
        take_number(values_[k], k);
    values_.clear();
  }

  void take_names()
  {
    table_.names = values_;
    table_.columns.resize(values_.size());
    std::sort(values_.begin(), values_.end());
    if (const auto twice = std::adjacent_find(values_.begin(), values_.end());
        twice != values_.end())
      fail("names the column `" + *twice + "` twice");
  }

  void take_number(const std::string &text, std::size_t column)
  {
    char *end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    const std::string where = " in the column `" + table_.names[column] + "`";
    if (text.empty())
      fail("a value is missing" + where);
    else if (*end != 0 || !std::isfinite(value))
      fail("`" + text + "`" + where + " is not a finite number");
    table_.columns[column].push_back(value);
  }

  const std::string file_;
  csv_parser parser_;
  NumberTable table_;
  std::vector<std::string> values_;
  std::string error_; ///< found in a callback, through which no exception may pass
  unsigned int line_ = 1;
};
} // namespace

NumberTable read_csv(const std::string &file)
{
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    throw std::runtime_error("the file " + file + " cannot be read");
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (text.compare(0, 3, "\xEF\xBB\xBF") == 0) // the mark that some spreadsheets put first
    text.erase(0, 3);
  return Reader(file).read(text);
}
} // namespace lowland
