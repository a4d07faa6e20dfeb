// The parameter file: what keys exist (one row each) and the values of one run.
#pragma once

#include "input/errors.h"

#include <memory>
#include <string>
#include <vector>

namespace lowland
{
/// One parameter. The row drives the declaration, the check, `template`, `list` and the reference table.
struct ParameterRow
{
  std::string section;       ///< subsection of the file; empty at the top level
  std::string key;           ///< as written after `set`
  std::string default_value; ///< used where the file says nothing
  std::string pattern;       ///< what is allowed, see parameters.cc for the short notation
  std::string unit;          ///< e.g. "time", "-"
  std::string meaning;       ///< one sentence
};

/// All parameters, in the order in which the data flow through the program.
const std::vector<ParameterRow> &parameter_table();

/// The values of one run: every key of the table, from the file, `--set` or the default.
class Parameters
{
public:
  /// Reads `file` and then applies `assignments` ("Section/Key=value"). Throws InputError.
  static Parameters from_file(const std::string &file,
                              const std::vector<std::string> &assignments = {});
  /// The same from text held in memory; `name` stands for the file in messages.
  static Parameters from_text(const std::string &text, const std::string &name = "(text)",
                              const std::vector<std::string> &assignments = {});

  std::string text(const std::string &section, const std::string &key) const;
  double number(const std::string &section, const std::string &key) const;
  int integer(const std::string &section, const std::string &key) const;
  bool flag(const std::string &section, const std::string &key) const;
  std::vector<double> numbers(const std::string &section, const std::string &key) const;
  std::vector<std::string> texts(const std::string &section, const std::string &key) const;

  /// Whether file or assignments gave the key, i.e. the value is not merely the default.
  bool given(const std::string &section, const std::string &key) const;

  /// An InputError about this key: names file, line, key and value, then says `why`.
  InputError error(const std::string &section, const std::string &key,
                   const std::string &why) const;

  std::string verbatim() const;   ///< the file as it was read
  std::string every_value() const; ///< a parameter file that states every value used

private:
  struct Values;
  std::shared_ptr<const Values> values_;
};
} // namespace lowland
