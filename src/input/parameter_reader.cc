#include "input/parameter_reader.h"

#include "input/nearest.h"

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <algorithm>
#include <functional>
#include <sstream>
#include <streambuf>

namespace lowland
{
using dealii::ParameterHandler;
using dealii::Utilities::trim;

ParameterKey to_key(const std::string &path)
{
  const auto slash = path.find('/');
  return slash == std::string::npos
             ? ParameterKey("", trim(path))
             : ParameterKey(trim(path.substr(0, slash)), trim(path.substr(slash + 1)));
}

std::string path_of(const ParameterKey &key)
{
  return key.first.empty() ? key.second : key.first + "/" + key.second;
}

const ParameterRow *find_row(const ParameterKey &key)
{
  for (const auto &row : parameter_table())
    if (row.section == key.first && row.key == key.second)
      return &row;
  return nullptr;
}

std::string unwritable(const std::string &value)
{
  if (value.find_first_of("#{}\n\r") != std::string::npos)
    return "a value cannot contain #, braces or a line break.";
  return !value.empty() && value.back() == '\\' ? "a value cannot end in a backslash." : "";
}

namespace
{
// "section Time", for sentences.
std::string section_in_words(const std::string &section)
{
  return section.empty() ? "the top level" : "section `" + section + "`";
}

bool starts_with(const std::string &text, const std::string &start)
{
  return text.compare(0, start.size(), start) == 0;
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
std::string unknown_key(const ParameterKey &key)
{
  const std::string what = section_in_words(key.first) + " has no key `" + key.second + "`.";
  std::vector<std::string> homes;
  for (const auto &row : parameter_table())
    if (row.key == key.second)
      homes.push_back(section_in_words(row.section));
  return what + (homes.size() == 1 ? " It belongs to " + homes[0] + "."
                                   : did_you_mean(key.second, known_keys(key.first)));
}

// Why --set cannot give this value to this key; empty if it can.
std::string unassignable(const ParameterKey &key, const std::string &value)
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
    const ParameterKey key = to_key(assignment.substr(0, equals));
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
    const ParameterKey key(row.section, row.key);
    in_section(row.section, [&]() {
      handler_.declare_entry(row.key, row.default_value);
      handler_.add_action(row.key, [this, key](const std::string &) { record(key); });
    });
  }

  // Called by the handler for every value: also for the default, before anything is read.
  void record(const ParameterKey &key)
  {
    const std::string origin = !origin_.empty()    ? origin_
                               : lines_.line() > 0 ? "line " + std::to_string(lines_.line())
                                                   : "";
    if (origin.empty())
      return;
    const std::string before = std::exchange(origins_[key], origin);
    if (!before.empty() && (before == "--set" || origin != "--set"))
      throw InputError((origin == "--set" ? origin : name_ + ", " + origin) + ": " + path_of(key) +
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
  std::map<ParameterKey, std::string> origins_;
  std::string origin_; ///< overrides the line while assignments are applied
};
} // namespace

std::map<ParameterKey, ParameterValue> read_values(const std::string &text, const std::string &name,
                                                   const std::vector<std::string> &assignments)
{
  Reader reader(text, name);
  reader.read();
  for (const auto &assignment : assignments)
    reader.assign(assignment);
  std::map<ParameterKey, ParameterValue> values;
  for (const auto &row : parameter_table())
    values[{row.section, row.key}] = {reader.value(row), reader.origin(row)};
  return values;
}
} // namespace lowland
