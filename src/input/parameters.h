// The parameter file: what keys exist (one row each) and the values of one run.
#pragma once

#include "input/errors.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lowland
{
/// Section, empty at the top level, and key.
using ParameterKey = std::pair<std::string, std::string>;

/// One parameter. The row drives the declaration, the check, `template`, `list` and the reference
/// table.
struct ParameterRow
{
  std::string section;       ///< subsection of the file; empty at the top level
  std::string key;           ///< as written after `set`
  std::string default_value; ///< used where the file says nothing
  std::string pattern;       ///< what is allowed, in the short notation of allowed.h
  std::string unit;          ///< e.g. "time", "-"
  std::string meaning;       ///< one sentence
  /// "Kind = box | ball": the values of another key of the section, of which one reads this row; empty: always read.
  std::string read_with = {};
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

  /// The value as written; the getters below convert it. An unknown key is a bug
  /// (std::logic_error).
  std::string text(const std::string &section, const std::string &key) const;
  double number(const std::string &section, const std::string &key) const;
  int integer(const std::string &section, const std::string &key) const;
  bool flag(const std::string &section, const std::string &key) const;
  /// The file or folder of this name: beside the parameter file, else in the nearest of the folders above that has it,
  /// so that a run in a project finds what its lesson found; else in the working directory. An empty or absolute name
  /// as it is. Throws InputError where there is none.
  std::string file(const std::string &section, const std::string &key) const;
  /// Numbers separated by commas; a range lin(a, b, n) or log(a, b, n) is expanded.
  std::vector<double> numbers(const std::string &section, const std::string &key) const;
  /// Words separated by commas.
  std::vector<std::string> texts(const std::string &section, const std::string &key) const;
  /// Text between semicolons, as written.
  std::vector<std::string> entries(const std::string &section, const std::string &key) const;
  /// Rows of numbers between semicolons (the entries of a mixture or a table).
  std::vector<std::vector<double>> rows(const std::string &section, const std::string &key) const;
  /// Dimension numbers; one number stands for all axes. Throws InputError for another count.
  std::vector<double> per_axis(const std::string &section, const std::string &key) const;
  /// Nothing where the value is `auto`.
  std::optional<double> number_or_auto(const std::string &section, const std::string &key) const;
  std::optional<int> integer_or_auto(const std::string &section, const std::string &key) const;

  /// Whether the value differs from the default, so that a file that states every value
  /// (`template`, every_value()) means the same as one that states only what it changes.
  bool given(const std::string &section, const std::string &key) const;

  /// An InputError about this key: names file, line, key and value, then says `why`.
  InputError error(const std::string &section, const std::string &key,
                   const std::string &why) const;

  std::string name() const;        ///< of the file
  std::string verbatim() const;    ///< the file as it was read
  std::string every_value() const; ///< a parameter file that states every value used

private:
  struct Values;
  explicit Parameters(std::shared_ptr<const Values> values);
  void check(const ParameterRow &row) const;
  std::shared_ptr<const Values> values_;
};

/// The text of a file. Throws InputError for what is missing or no file; `expected` says what it should
/// be, e.g. "a parameter file".
std::string read_file(const std::string &file, const std::string &expected);

/// The times at which the observables are recorded, strictly ascending, within [0, End].
/// Throws InputError otherwise.
std::vector<double> output_times(const Parameters &parameters);
} // namespace lowland
