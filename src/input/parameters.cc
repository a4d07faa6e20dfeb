// Reading parameters: deal.II's ParameterHandler parses, this file turns what it throws into one
// message in the user's words and remembers the line of each key.
#include "input/parameters.h"

#include "input/allowed.h"
#include "input/nearest.h"

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <streambuf>
#include <utility>

namespace lowland
{
namespace
{
using dealii::ParameterHandler;
using dealii::Utilities::split_string_list;
using dealii::Utilities::trim;

using Key = std::pair<std::string, std::string>; // section, key

// "Time/End", as --set writes it.
std::string path(const Key &key)
{
  return key.first.empty() ? key.second : key.first + "/" + key.second;
}

// "section Time", for sentences.
std::string section_in_words(const std::string &section)
{
  return section.empty() ? "the top level" : "section `" + section + "`";
}

bool starts_with(const std::string &text, const std::string &start)
{
  return text.compare(0, start.size(), start) == 0;
}

const ParameterRow *find_row(const Key &key)
{
  for (const auto &row : parameter_table())
    if (row.section == key.first && row.key == key.second)
      return &row;
  return nullptr;
}

std::vector<std::string> known_sections()
{
  std::vector<std::string> sections;
  for (const auto &row : parameter_table())
    if (!row.section.empty() && (sections.empty() || sections.back() != row.section))
      sections.push_back(row.section);
  return sections;
}

std::vector<std::string> known_keys(const std::string &section)
{
  std::vector<std::string> keys;
  for (const auto &row : parameter_table())
    if (row.section == section)
      keys.push_back(row.key);
  return keys;
}

std::string unknown_section(const std::string &section)
{
  return "there is no section `" + section + "`." + did_you_mean(section, known_sections());
}

// A key that stands in the wrong section is likelier than a misspelled one.
std::string unknown_key(const Key &key)
{
  const std::string what = section_in_words(key.first) + " has no key `" + key.second + "`.";
  std::vector<std::string> homes;
  for (const auto &row : parameter_table())
    if (row.key == key.second)
      homes.push_back(section_in_words(row.section));
  return what + (homes.size() == 1 ? " It belongs to " + homes[0] + "."
                                   : did_you_mean(key.second, known_keys(key.first)));
}

// A value must survive being written to a file: no comment sign, no continuation, and no braces,
// which ParameterHandler reserves and would leave unchecked.
std::string unwritable(const std::string &value)
{
  if (value.find_first_of("#{}\n\r") != std::string::npos)
    return "a value cannot contain #, braces or a line break.";
  return !value.empty() && value.back() == '\\' ? "a value cannot end in a backslash." : "";
}

// "Section/Key", or "Key" at the top level.
Key to_key(const std::string &path)
{
  const auto slash = path.find('/');
  return slash == std::string::npos
             ? Key("", trim(path))
             : Key(trim(path.substr(0, slash)), trim(path.substr(slash + 1)));
}

// Why --set cannot give this value to this key; empty if it can.
std::string unassignable(const Key &key, const std::string &value)
{
  if (!key.first.empty() && known_keys(key.first).empty())
    return unknown_section(key.first);
  return find_row(key) == nullptr ? unknown_key(key) : unwritable(value);
}

// Hands a text to an istream line by line, so that we know which statement is being executed.
class NumberedLines : public std::streambuf
{
public:
  explicit NumberedLines(const std::string &text) : text_(text) {}

  unsigned int line() const { return statement_line_; } ///< where the statement begins, from 1
  const std::string &statement() const { return statement_; }

private:
  int_type underflow() override
  {
    if (end_ == text_.size())
      return traits_type::eof();
    const std::size_t begin = end_;
    end_ = std::min(text_.find('\n', begin), text_.size() - 1) + 1;
    setg(&text_[begin], &text_[begin], &text_[0] + end_);
    count(trim(text_.substr(begin, end_ - begin)));
    return traits_type::to_int_type(*gptr());
  }

  // A backslash at the end of a line continues the statement.
  void count(const std::string &line)
  {
    ++line_;
    const bool continued = !statement_.empty() && statement_.back() == '\\';
    if (continued)
      statement_.pop_back();
    else
      statement_line_ = line_;
    statement_ = continued ? statement_ + line : line;
  }

  std::string text_, statement_;
  std::size_t end_ = 0;
  unsigned int line_ = 0, statement_line_ = 0;
};

// The section that is open before line `line` of the text, and where it was opened.
struct OpenSection
{
  std::string name;
  unsigned int line = 0;
};
OpenSection open_section(const std::string &text, unsigned int line)
{
  OpenSection open;
  std::istringstream stream(text);
  std::string statement;
  for (unsigned int n = 1; n < line && std::getline(stream, statement); ++n)
  {
    statement = trim(statement.substr(0, statement.find('#')));
    if (starts_with(statement, "subsection ") || starts_with(statement, "SUBSECTION "))
      open = {trim(statement.substr(11)), n};
    else if (statement == "end" || statement == "END")
      open = {};
  }
  return open;
}

std::string after_word(const std::string &statement)
{
  const auto space = statement.find_first_of(" \t");
  return space == std::string::npos ? "" : trim(statement.substr(space));
}

} // namespace

struct Parameters::Values
{
  struct Entry
  {
    std::string text;
    std::string origin; ///< "line 12", "--set", or empty for a default
  };
  std::string name, verbatim;
  std::map<Key, Entry> entries;

  const Entry &at(const Key &key) const
  {
    const auto found = entries.find(key);
    if (found == entries.end())
      throw std::logic_error("no parameter " + path(key) + " in the table");
    return found->second;
  }

  // "a.prm, line 3, section `Time`: End = 5", or as --set wrote it.
  std::string where(const Key &key) const
  {
    const Entry &entry = at(key);
    if (entry.origin == "--set")
      return "--set \"" + path(key) + "=" + entry.text + "\"";
    const std::string place = entry.origin.empty() ? "" : ", " + entry.origin;
    const std::string section = key.first.empty() ? "" : ", section `" + key.first + "`";
    return name + place + section + ": " + key.second + " = " + entry.text +
           (entry.origin.empty() ? " (the default)" : "");
  }
};

namespace
{
// Declares the table to a ParameterHandler, lets it read, and collects what each key was given.
class Reader
{
public:
  Reader(const std::string &text, const std::string &name) : name_(name), text_(text), lines_(text)
  {
    for (const auto &row : parameter_table())
      declare(row);
  }

  void read()
  {
    reject_braces_and_include();
    std::istream stream(&lines_);
    try
    {
      handler_.parse_input(stream, name_);
    }
    catch (const dealii::ExceptionBase &exception)
    {
      throw InputError(in_words(exception));
    }
  }

  // "Section/Key=value"
  void assign(const std::string &assignment)
  {
    origin_ = "--set";
    const auto equals = std::min(assignment.find('='), assignment.size());
    const Key key = to_key(assignment.substr(0, equals));
    const std::string value = trim(assignment.substr(equals).substr(equals < assignment.size()));
    const std::string why =
        equals == assignment.size() ? "expected \"Section/Key=value\"." : unassignable(key, value);
    if (!why.empty())
      throw InputError("--set \"" + assignment + "\": " + why);
    in_section(key.first, [&]() { handler_.set(key.second, value); });
  }

  std::string value(const ParameterRow &row)
  {
    std::string value;
    in_section(row.section, [&]() { value = handler_.get(row.key); });
    return value;
  }

  std::string origin(const ParameterRow &row) const
  {
    const auto found = origins_.find({row.section, row.key});
    return found == origins_.end() ? "" : found->second;
  }

private:
  void in_section(const std::string &section, const std::function<void()> &action)
  {
    if (!section.empty())
      handler_.enter_subsection(section);
    action();
    if (!section.empty())
      handler_.leave_subsection();
  }

  void declare(const ParameterRow &row)
  {
    const Key key(row.section, row.key);
    in_section(row.section, [&]() {
      handler_.declare_entry(row.key, row.default_value);
      handler_.add_action(row.key, [this, key](const std::string &) { record(key); });
    });
  }

  // Called by the handler for every value: also for the default, before anything is read.
  void record(const Key &key)
  {
    const std::string origin = !origin_.empty()    ? origin_
                               : lines_.line() > 0 ? "line " + std::to_string(lines_.line())
                                                   : "";
    if (origin.empty())
      return;
    const std::string before = std::exchange(origins_[key], origin);
    if (!before.empty() && (before == "--set" || origin != "--set"))
      throw InputError((origin == "--set" ? origin : name_ + ", " + origin) + ": " + path(key) +
                       " is given a second time; the first is in " + before + ".");
  }

  // What ParameterHandler would accept and we do not: its braces switch its checks off, and with
  // `include` the file kept beside the results would not be the whole input.
  void reject_braces_and_include() const
  {
    std::istringstream stream(text_);
    std::string line;
    for (unsigned int n = 1; std::getline(stream, line); ++n)
    {
      line = trim(line.substr(0, line.find('#')));
      const std::string place = name_ + ", line " + std::to_string(n) + ": " + line + ": ";
      if (line.find_first_of("{}") != std::string::npos)
        throw InputError(place + "braces have no meaning here; use parentheses.");
      if (starts_with(line, "include ") || starts_with(line, "INCLUDE "))
        throw InputError(place +
                         "all parameters of a run stand in one file; to vary some, use --set.");
    }
  }

  // What ParameterHandler threw, from the statement that it stopped at.
  std::string in_words(const dealii::ExceptionBase &exception) const
  {
    if (dynamic_cast<const ParameterHandler::ExcUnbalancedSubsections *>(&exception))
      return unbalanced();
    const std::string statement = trim(lines_.statement().substr(0, lines_.statement().find('#')));
    const std::string place = name_ + ", line " + std::to_string(lines_.line()) + ": ";
    const std::string section = open_section(text_, lines_.line()).name;
    const std::string word = statement.substr(0, statement.find_first_of(" \t"));
    if (word == "subsection" || word == "SUBSECTION")
      return place + bad_subsection(after_word(statement), section);
    if (word == "set" || word == "SET")
      return place + bad_set(after_word(statement), section);
    if (statement == "end" || statement == "END")
      return place + "`end` without a `subsection` before it.";
    return place + statement +
           ": not understood. A line reads `set Key = value`, `subsection Name`, "
           "`end`, or is a comment behind #.";
  }

  std::string unbalanced() const
  {
    const OpenSection open = open_section(text_, -1);
    return name_ + ", line " + std::to_string(open.line) + ": " + section_in_words(open.name) +
           " has no `end`.";
  }

  std::string bad_subsection(const std::string &name, const std::string &open) const
  {
    if (!open.empty())
      return section_in_words(name) + " inside " + section_in_words(open) +
             ": an `end` is missing before it.";
    return unknown_section(name);
  }

  std::string bad_set(const std::string &rest, const std::string &section) const
  {
    const auto equals = rest.find('=');
    if (equals == std::string::npos)
      return "set " + rest + ": `=` is missing; the line should read `set Key = value`.";
    return unknown_key({section, trim(rest.substr(0, equals))});
  }

  std::string name_, text_;
  NumberedLines lines_;
  ParameterHandler handler_;
  std::map<Key, std::string> origins_;
  std::string origin_; ///< overrides the line while assignments are applied
};
} // namespace

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
  Reader reader(text, name);
  reader.read();
  for (const auto &assignment : assignments)
    reader.assign(assignment);

  auto values = std::make_shared<Values>();
  values->name = name;
  values->verbatim = text;
  for (const auto &row : parameter_table())
    values->entries[{row.section, row.key}] = {reader.value(row), reader.origin(row)};
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
  const std::string value = text(section, key);
  const auto beside = std::filesystem::path(name()).parent_path() / value;
  std::error_code ignored;
  return std::filesystem::exists(beside, ignored) ? beside.string() : value;
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
  return split_string_list(text(section, key), ',');
}

std::vector<std::string> Parameters::entries(const std::string &section,
                                             const std::string &key) const
{
  return split_string_list(text(section, key), ';');
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
