#include "input/parameters.h"

#include "input/allowed.h"
#include "input/nearest.h"
#include "input/parameter_reader.h"

#include <deal.II/base/utilities.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>

namespace lowland
{
struct Parameters::Values
{
  std::string name, verbatim;
  std::map<ParameterKey, ParameterValue> given;

  const ParameterValue &at(const ParameterKey &key) const
  {
    const auto found = given.find(key);
    if (found == given.end())
      throw std::logic_error("no parameter " + path_of(key) + " in the table");
    return found->second;
  }

  // "a.prm, line 3, section `Time`: End = 5", or as --set wrote it.
  std::string where(const ParameterKey &key) const
  {
    const ParameterValue &value = at(key);
    if (value.origin == "--set")
      return "--set \"" + path_of(key) + "=" + value.text + "\"";
    const std::string place = value.origin.empty() ? "" : ", " + value.origin;
    const std::string section = key.first.empty() ? "" : ", section `" + key.first + "`";
    return name + place + section + ": " + key.second + " = " + value.text +
           (value.origin.empty() ? " (the default)" : "");
  }
};

Parameters::Parameters(std::shared_ptr<const Values> values) : values_(std::move(values)) {}

std::string read_file(const std::string &file, const std::string &expected)
{
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (!fs::exists(file, ignored))
    throw InputError(file + ": there is no such file.");
  if (fs::is_directory(file, ignored))
    throw InputError(file + ": this is a folder; expected " + expected + ".");
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!stream || (stream.peek() != EOF && !(text << stream.rdbuf())))
    throw InputError(file + ": the file cannot be read.");
  return text.str();
}

Parameters Parameters::from_file(const std::string &file,
                                 const std::vector<std::string> &assignments)
{
  return from_text(read_file(file, "a parameter file"), file, assignments);
}

Parameters Parameters::from_text(const std::string &text, const std::string &name,
                                 const std::vector<std::string> &assignments)
{
  const auto is_junk = [](unsigned char c) { return c < ' ' && !std::isspace(c); };
  if (std::any_of(text.begin(), text.end(), is_junk))
    throw InputError(name + ": this is not a text file; expected a parameter file.");
  auto values = std::make_shared<Values>();
  values->name = name;
  values->verbatim = text;
  const std::string mark = "\xEF\xBB\xBF"; // which some editors put before UTF-8
  const bool is_marked = text.compare(0, mark.size(), mark) == 0;
  values->given = read_values(is_marked ? text.substr(mark.size()) : text, name, assignments);
  Parameters parameters(values);
  for (const auto &row : parameter_table())
    parameters.check(row);
  return parameters;
}

void Parameters::check(const ParameterRow &row) const
{
  const std::string value = text(row.section, row.key);
  if (const auto why = unwritable(value); !why.empty())
    throw error(row.section, row.key, why);
  if (!is_allowed(value, row.pattern))
    throw error(row.section, row.key,
                "expected " + in_words(row.pattern) + "." +
                    did_you_mean(value, literals(row.pattern)));
}

std::string Parameters::text(const std::string &section, const std::string &key) const
{
  return values_->at({section, key}).text;
}

std::string Parameters::file(const std::string &section, const std::string &key) const
{
  namespace fs = std::filesystem;
  std::string value = text(section, key);
  std::error_code ignored;
  if (value.empty() || fs::path(value).is_absolute())
    return value;
  fs::path folder = fs::path(name()).parent_path();
  const auto depth = fs::absolute(folder / ".").lexically_normal().relative_path();
  for ([[maybe_unused]] const auto &above : depth)
  {
    if (fs::exists(folder / value, ignored))
      return (folder / value).lexically_normal();
    folder /= "..";
  }
  if (fs::exists(value, ignored))
    return value;
  throw error(section, key,
              "there is no such file or folder beside the parameter file, in those above it, or in "
              "the working directory");
}

double Parameters::number(const std::string &section, const std::string &key) const
{
  return std::strtod(text(section, key).c_str(), nullptr);
}

int Parameters::integer(const std::string &section, const std::string &key) const
{
  return std::stoi(text(section, key));
}

bool Parameters::flag(const std::string &section, const std::string &key) const
{
  return text(section, key) == "true";
}

std::vector<double> Parameters::numbers(const std::string &section, const std::string &key) const
{
  return to_numbers(text(section, key));
}

std::vector<std::string> Parameters::texts(const std::string &section, const std::string &key) const
{
  return dealii::Utilities::split_string_list(text(section, key), ',');
}

std::vector<std::string> Parameters::entries(const std::string &section,
                                             const std::string &key) const
{
  return dealii::Utilities::split_string_list(text(section, key), ';');
}

std::vector<std::vector<double>> Parameters::rows(const std::string &section,
                                                  const std::string &key) const
{
  std::vector<std::vector<double>> rows;
  for (const auto &entry : entries(section, key))
    rows.push_back(to_numbers(entry));
  return rows;
}

std::vector<double> Parameters::per_axis(const std::string &section, const std::string &key) const
{
  const std::size_t d = integer("", "Dimension");
  auto values = numbers(section, key);
  if (values.size() == 1)
    values.resize(d, values[0]);
  if (values.size() != d)
    throw error(section, key,
                "expected one number, or " + std::to_string(d) +
                    " (Dimension = " + std::to_string(d) + ").");
  return values;
}

std::optional<double> Parameters::number_or_auto(const std::string &section,
                                                 const std::string &key) const
{
  return text(section, key) == "auto" ? std::nullopt : std::optional(number(section, key));
}

std::optional<int> Parameters::integer_or_auto(const std::string &section,
                                               const std::string &key) const
{
  return text(section, key) == "auto" ? std::nullopt : std::optional(integer(section, key));
}

bool Parameters::given(const std::string &section, const std::string &key) const
{
  return text(section, key) != find_row({section, key})->default_value;
}

InputError Parameters::error(const std::string &section, const std::string &key,
                             const std::string &why) const
{
  return InputError(values_->where({section, key}) + ": " + why);
}

std::string Parameters::name() const
{
  return values_->name;
}

std::string Parameters::verbatim() const
{
  return values_->verbatim;
}

std::string Parameters::every_value() const
{
  std::ostringstream out;
  std::string open;
  for (const auto &row : parameter_table())
  {
    if (row.section != open)
      out << (open.empty() ? "\n" : "end\n\n") << "subsection " << row.section << "\n";
    open = row.section;
    const std::string value = text(row.section, row.key);
    out << (open.empty() ? "" : "  ") << "set " << row.key << (value.empty() ? " =" : " = ")
        << value << "\n";
  }
  out << "end\n";
  return out.str();
}

std::vector<double> output_times(const Parameters &parameters)
{
  const double end = parameters.number("Time", "End");
  if (end == 0)
    return {0};
  if (parameters.text("Time", "Output times") == "auto")
  {
    std::ostringstream range;
    range.precision(17);
    range << "lin(0, " << end << ", 11)";
    return to_numbers(range.str());
  }
  auto times = parameters.numbers("Time", "Output times");
  if (std::adjacent_find(times.begin(), times.end(), std::greater_equal<>()) != times.end())
    throw parameters.error("Time", "Output times", "the times must ascend.");
  if (times.back() > end)
    throw parameters.error("Time", "Output times",
                           "the last time lies behind the end of the run (End = " +
                               parameters.text("Time", "End") + ").");
  return times;
}
} // namespace lowland
