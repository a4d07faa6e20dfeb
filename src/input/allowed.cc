#include "input/allowed.h"

#include <deal.II/base/patterns.h>
#include <deal.II/base/utilities.h>

#include <climits>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <memory>
#include <sstream>

namespace lowland
{
namespace
{
namespace Patterns = dealii::Patterns;
using dealii::Utilities::split_string_list;

// One alternative taken apart: "numbers > 0 < 1" has kind "numbers" and two bounds.
struct Alternative
{
  std::string kind;
  std::string rest; ///< behind the kind, as written
  double lower = -std::numeric_limits<double>::max();
  double upper = std::numeric_limits<double>::max();
};

const std::map<std::string, std::string> words_of_kind = {
    {"number", "a number"},
    {"integer", "an integer"},
    {"numbers", "numbers separated by commas"},
    {"rows", "numbers separated by commas, and `;` between the entries"},
    {"range", "lin(a, b, n) or log(a, b, n)"},
    {"some", "some"},
    {"sum", "one"},
    {"formula", "a formula"},
    {"formulas", "formulas separated by `;`"},
    {"text", "text"},
    {"filename", "the name of a file"}};

// Bounds are kept inclusive, as deal.II's patterns are: "> 0" starts at the next double.
void read_bounds(Alternative &alternative)
{
  const double infinity = std::numeric_limits<double>::infinity();
  const bool strict_step = alternative.kind != "integer";
  std::istringstream stream(alternative.rest);
  std::string sign;
  double bound;
  while (stream >> sign >> bound)
    if (sign[0] == '>')
      alternative.lower = sign == ">" && strict_step ? std::nextafter(bound, infinity) : bound;
    else
      alternative.upper = sign == "<" && strict_step ? std::nextafter(bound, -infinity) : bound;
}

Alternative take_apart(const std::string &text)
{
  Alternative alternative;
  const auto space = text.find(' ');
  alternative.kind = text.substr(0, space);
  if (words_of_kind.count(alternative.kind) == 0)
    return {text, "", 0, 0};
  if (space != std::string::npos)
    alternative.rest = text.substr(space + 1);
  if (alternative.kind != "some" && alternative.kind != "sum")
    read_bounds(alternative);
  return alternative;
}

std::vector<Alternative> alternatives(const std::string &notation)
{
  std::vector<Alternative> result;
  for (const auto &text : split_string_list(notation, '|'))
    result.push_back(take_apart(text));
  return result;
}

bool is_literal(const Alternative &alternative)
{
  return words_of_kind.count(alternative.kind) == 0;
}

bool is_integer(const std::string &value, const Alternative &alternative)
{
  const auto clamp = [](double bound) {
    return static_cast<int>(std::max<double>(INT_MIN, std::min<double>(INT_MAX, bound)));
  };
  return Patterns::Integer(clamp(alternative.lower), clamp(alternative.upper)).match(value);
}

// "lin(0, 1, 11)": its three arguments, or nothing.
std::vector<std::string> range_arguments(const std::string &value)
{
  const std::string name = value.substr(0, 4);
  if ((name != "lin(" && name != "log(") || value.back() != ')')
    return {};
  return split_string_list(value.substr(4, value.size() - 5), ',');
}

bool is_range(const std::string &value)
{
  const auto arguments = range_arguments(value);
  const bool logarithmic = value.substr(0, 3) == "log";
  const Patterns::Double bound(logarithmic ? std::numeric_limits<double>::min() : 0);
  return arguments.size() == 3 && bound.match(arguments[0]) && bound.match(arguments[1]) &&
         Patterns::Integer(2, 1000000).match(arguments[2]);
}

// One of the words behind "of ".
Patterns::Selection selection(const Alternative &alternative)
{
  std::string words = alternative.rest.substr(3);
  for (std::size_t at; (at = words.find(", ")) != std::string::npos;)
    words.replace(at, 2, "|");
  return Patterns::Selection(words);
}

/// What stands between the entries of a list of this kind; nothing if it is not a list.
std::string separators(const std::string &kind)
{
  if (kind == "sum")
    return "+";
  if (kind == "rows")
    return ",;";
  return kind == "numbers" || kind == "some" ? "," : "";
}

/// deal.II's lists pass over a separator behind the last entry.
bool ends_in_separator(const std::string &value, const std::string &kind)
{
  return !value.empty() && separators(kind).find(value.back()) != std::string::npos;
}

bool matches(const std::string &value, const Alternative &alternative)
{
  const std::string &kind = alternative.kind;
  if (ends_in_separator(value, kind))
    return false;
  const Patterns::Double number(alternative.lower, alternative.upper);
  const Patterns::List numbers(number, 1);
  if (kind == "number")
    return number.match(value);
  if (kind == "integer")
    return is_integer(value, alternative);
  if (kind == "numbers")
    return numbers.match(value);
  if (kind == "rows")
    return Patterns::List(numbers, 1, Patterns::List::max_int_value, ";").match(value);
  if (kind == "range")
    return is_range(value);
  if (kind == "some")
    return Patterns::List(selection(alternative)).match(value);
  if (kind == "sum")
    return Patterns::List(selection(alternative), 1, Patterns::List::max_int_value, "+")
        .match(value);
  return is_literal(alternative) ? value == kind : true;
}

std::string in_words(const Alternative &alternative)
{
  if (is_literal(alternative))
    return alternative.kind;
  const std::string &words = words_of_kind.at(alternative.kind);
  if (alternative.kind == "some")
    return words + " " + alternative.rest + " (separated by commas), or nothing";
  if (alternative.kind == "sum")
    return words + " " + alternative.rest + ", or several joined by +";
  std::string bounds = alternative.rest;
  if (const auto second = bounds.rfind(" <"); second != std::string::npos && second > 0)
    bounds.replace(second, 1, " and ");
  if (bounds.empty())
    return words;
  const bool several = alternative.kind == "numbers" || alternative.kind == "rows";
  return several ? words + " (each " + bounds + ")" : words + " " + bounds;
}
} // namespace

bool is_allowed(const std::string &value, const std::string &notation)
{
  for (const auto &alternative : alternatives(notation))
    if (matches(value, alternative))
      return true;
  return false;
}

std::string in_words(const std::string &notation)
{
  const auto all = alternatives(notation);
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i)
    text += (i == 0 ? "" : i + 1 < all.size() ? ", " : " or ") + in_words(all[i]);
  return text;
}

std::vector<std::string> literals(const std::string &notation)
{
  std::vector<std::string> words;
  for (const auto &alternative : alternatives(notation))
    if (is_literal(alternative))
      words.push_back(alternative.kind);
    else if (alternative.kind == "some" || alternative.kind == "sum") // "some of x, y"
      for (const auto &word : split_string_list(alternative.rest.substr(3), ','))
        words.push_back(word);
  return words;
}

std::vector<double> to_numbers(const std::string &value)
{
  const auto to_double = [](const std::string &text) { return std::strtod(text.c_str(), nullptr); };
  std::vector<double> numbers;
  if (!is_range(value))
  {
    for (const auto &text : split_string_list(value, ','))
      numbers.push_back(to_double(text));
    return numbers;
  }
  const auto arguments = range_arguments(value);
  const double a = to_double(arguments[0]), b = to_double(arguments[1]);
  const int n = std::stoi(arguments[2]);
  for (int i = 0; i < n; ++i)
  {
    // In this order lin(0, 3, 11) has 0.6 and 0.9, not their neighbours.
    const double last = n - 1, linear = (a * (last - i) + b * i) / last;
    numbers.push_back(value[1] == 'i' ? linear : a * std::pow(b / a, i / last));
  }
  numbers.back() = b; // exactly, for times that must be hit
  return numbers;
}
} // namespace lowland
