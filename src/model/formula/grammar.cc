#include "model/formula/grammar.h"

#include "input/nearest.h"
#include "model/formula/special_functions.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace lowland
{
using GiNaC::exvector;

namespace
{
const char *const coordinate_names[] = {"x", "y", "z"};

/// A number, a name or an operator, with where it starts.
struct Token
{
  enum Kind
  {
    number,
    name,
    symbol
  } kind;
  std::string text;
  std::size_t position;
};

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}
bool is_letter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

std::size_t skip_digits(const std::string &text, std::size_t i)
{
  while (i < text.size() && is_digit(text[i]))
    ++i;
  return i;
}

std::size_t end_of_number(const std::string &text, std::size_t i)
{
  i = skip_digits(text, i);
  if (i < text.size() && text[i] == '.')
    i = skip_digits(text, i + 1);
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E'))
  {
    const std::size_t digits =
        i + 1 + (i + 1 < text.size() && std::string("+-").find(text[i + 1]) != std::string::npos);
    if (digits < text.size() && is_digit(text[digits]))
      i = skip_digits(text, digits);
  }
  return i;
}

std::size_t end_of_name(const std::string &text, std::size_t i)
{
  while (i < text.size() && (is_letter(text[i]) || is_digit(text[i])))
    ++i;
  return i;
}

/// The whole UTF-8 character at `i`, for messages.
std::string character_at(const std::string &text, std::size_t i)
{
  std::size_t end = i + 1;
  while (end < text.size() && (text[end] & 0xC0) == 0x80)
    ++end;
  return text.substr(i, end - i);
}

/// Length of the operator at `i`, 0 if none of the grammar's starts there.
std::size_t operator_length(const std::string &text, std::size_t i, Grammar grammar)
{
  if (std::string("+-*/^(),").find(text[i]) != std::string::npos)
    return 1;
  if (grammar == Grammar::differentiable)
    return 0;
  for (const char *two : {"<=", ">=", "==", "!=", "&&", "||"})
    if (text.compare(i, 2, two) == 0)
      return 2;
  return text[i] == '<' || text[i] == '>';
}

[[noreturn]] void fail_at_character(const std::string &text, std::size_t i, Grammar grammar,
                                    std::size_t offset)
{
  const std::string what = "'" + character_at(text, i) + "' is not allowed";
  if (grammar == Grammar::differentiable && operator_length(text, i, Grammar::conditional) > 0)
    fail_at(offset + i, what + ": comparisons cannot be differentiated");
  fail_at(offset + i, what + "; a formula has numbers, names, + - * / ^, parentheses and commas" +
                          (grammar == Grammar::conditional ? ", comparisons, && and ||" : ""));
}

std::vector<Token> tokens_of(const std::string &text, Grammar grammar, std::size_t offset)
{
  std::vector<Token> tokens;
  for (std::size_t i = 0, end = 0; i < text.size(); i = end)
  {
    const char c = text[i];
    end = i + 1;
    if (std::isspace(static_cast<unsigned char>(c)))
      continue;
    const bool is_number = is_digit(c) || (c == '.' && end < text.size() && is_digit(text[end]));
    end = is_number      ? end_of_number(text, i)
          : is_letter(c) ? end_of_name(text, i)
                         : i + operator_length(text, i, grammar);
    if (end == i)
      fail_at_character(text, i, grammar, offset);
    tokens.push_back({is_number      ? Token::number
                      : is_letter(c) ? Token::name
                                     : Token::symbol,
                      text.substr(i, end - i), offset + i});
  }
  if (tokens.empty())
    fail_at(offset, "the formula is empty");
  return tokens;
}

const FormulaFunction *find_function(const std::string &name)
{
  for (const auto &function : formula_functions())
    if (function.name == name)
      return &function;
  return nullptr;
}

std::vector<std::string> known_names(unsigned int dimension, const Constants &constants,
                                     Grammar grammar)
{
  std::vector<std::string> names(coordinate_names, coordinate_names + dimension);
  for (const auto &[name, value] : constants)
    names.push_back(name);
  names.push_back("pi");
  for (const auto &function : formula_functions())
    if (function.symbolic || grammar == Grammar::conditional)
      names.push_back(function.name);
  return names;
}

std::string joined(const std::vector<std::string> &names)
{
  std::string text = names[0];
  for (std::size_t i = 1; i < names.size(); ++i)
    text += " " + names[i];
  return text;
}

void check_name(const Token &token, const std::vector<std::string> &known, unsigned int dimension)
{
  if (std::count(known.begin(), known.end(), token.text) > 0)
    return;
  const std::string quoted = "'" + token.text + "'";
  if (const auto *function = find_function(token.text); function && !function->symbolic)
    fail_at(token.position, quoted + " cannot be differentiated, so it is not allowed here");
  if (token.text == "x" || token.text == "y" || token.text == "z")
    fail_at(token.position, "the coordinate " + quoted + " does not exist in dimension " +
                                std::to_string(dimension));
  const std::string guess = did_you_mean(token.text, known);
  fail_at(token.position, "unknown name " + quoted +
                              (guess.empty() ? "; known are " + joined(known) : "." + guess));
}

bool is_symbol(const std::vector<Token> &tokens, std::size_t i, const char *text)
{
  return i < tokens.size() && tokens[i].kind == Token::symbol && tokens[i].text == text;
}

/// Number of arguments in the parentheses that open at token `i`; they are known to be balanced.
unsigned int count_arguments(const std::vector<Token> &tokens, std::size_t i)
{
  if (is_symbol(tokens, i + 1, ")"))
    return 0;
  unsigned int depth = 0, commas = 0;
  do
  {
    depth += is_symbol(tokens, i, "(");
    depth -= is_symbol(tokens, i, ")");
    commas += depth == 1 && is_symbol(tokens, i, ",");
    ++i;
  } while (depth > 0);
  return commas + 1;
}

void check_call(const std::vector<Token> &tokens, std::size_t i)
{
  const FormulaFunction *function = find_function(tokens[i].text);
  if (!function)
    return;
  const std::string quoted = "'" + function->name + "'";
  const std::string wants = std::to_string(function->n_arguments) +
                            (function->n_arguments == 1 ? " argument" : " arguments");
  if (!is_symbol(tokens, i + 1, "("))
    fail_at(tokens[i].position, "the function " + quoted + " needs " + wants + " in parentheses");
  if (const unsigned int n = count_arguments(tokens, i + 1); n != function->n_arguments)
    fail_at(tokens[i].position,
            "the function " + quoted + " takes " + wants + ", not " + std::to_string(n));
}

/// Parentheses balance, and every comma stands between the arguments of a function.
void check_parentheses(const std::vector<Token> &tokens)
{
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < tokens.size(); ++i)
  {
    if (is_symbol(tokens, i, "("))
      open.push_back(i);
    if (is_symbol(tokens, i, ")"))
    {
      if (open.empty())
        fail_at(tokens[i].position, "this ')' closes nothing");
      open.pop_back();
    }
    if (is_symbol(tokens, i, ",") &&
        (open.empty() || open.back() == 0 || !find_function(tokens[open.back() - 1].text)))
      fail_at(tokens[i].position, "a comma may only stand between the arguments of a function "
                                  "(decimals take a point)");
  }
  if (!open.empty())
    fail_at(tokens[open.back()].position, "this '(' is never closed");
}

/// What is left to go wrong is the order of values and operators.
[[noreturn]] void fail_as(const mu::ParserError &error, const std::vector<Token> &tokens,
                          std::size_t offset)
{
  const std::size_t position = offset + std::max(error.GetPos(), 0);
  if (error.GetCode() == mu::ecUNEXPECTED_EOF)
    fail_at(tokens.back().position,
            "the formula ends after '" + tokens.back().text + "', where a value is missing");
  if (error.GetCode() == mu::ecEXPRESSION_TOO_LONG)
    throw FormulaError("the formula is longer than 20000 characters");
  // muParser may point behind the offending token: take the last one that starts at or before it.
  const auto after = std::find_if(tokens.begin(), tokens.end(),
                                  [&](const Token &t) { return t.position > position; });
  const Token &token = after == tokens.begin() ? tokens.front() : *(after - 1);
  const bool is_operator = token.kind == Token::symbol && token.text != "(";
  fail_at(token.position, "unexpected '" + token.text + "'; " +
                              (is_operator ? "a value" : "an operator") + " is missing before it");
}

template <class... Argument>
double call(void *function, Argument... argument)
{
  const double arguments[] = {argument...};
  return static_cast<const FormulaFunction *>(function)->value(arguments);
}

void define_functions(mu::Parser &parser)
{
  for (const auto &function : formula_functions())
  {
    void *const data = const_cast<FormulaFunction *>(&function);
    if (function.n_arguments == 1)
      parser.DefineFunUserData(function.name, &call<double>, data);
    else if (function.n_arguments == 2)
      parser.DefineFunUserData(function.name, &call<double, double>, data);
    else
      parser.DefineFunUserData(function.name, &call<double, double, double>, data);
  }
}

mu::Parser parser_with_names(unsigned int dimension, const Constants &constants, Slots &slots,
                             const std::vector<std::string> &inputs)
{
  mu::Parser parser;
  parser.ClearFun();
  parser.ClearConst();
  parser.ClearInfixOprt();
  parser.DefineInfixOprt("-", negative);
  parser.DefineInfixOprt("+", positive);
  define_functions(parser);
  parser.DefineConst("pi", M_PI);
  for (const auto &[name, value] : constants)
    parser.DefineConst(name, value);
  for (unsigned int i = 0; i < dimension; ++i)
    parser.DefineVar(coordinate_names[i], &slots[i]);
  for (std::size_t k = 0; k < inputs.size(); ++k)
    parser.DefineVar(inputs[k], &slots[3 + k]);
  return parser;
}
} // namespace

const std::vector<FormulaFunction> &formula_functions()
{
  using D = const double *;
  using E = const exvector &;
  static const std::vector<FormulaFunction> table = {
      {"sin", 1, [](D a) { return std::sin(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::sin(a[0])); }},
      {"cos", 1, [](D a) { return std::cos(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::cos(a[0])); }},
      {"tan", 1, [](D a) { return std::tan(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::tan(a[0])); }},
      {"asin", 1, [](D a) { return std::asin(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::asin(a[0])); }},
      {"acos", 1, [](D a) { return std::acos(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::acos(a[0])); }},
      {"atan", 1, [](D a) { return std::atan(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::atan(a[0])); }},
      {"sinh", 1, [](D a) { return std::sinh(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::sinh(a[0])); }},
      {"cosh", 1, [](D a) { return std::cosh(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::cosh(a[0])); }},
      {"tanh", 1, [](D a) { return std::tanh(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::tanh(a[0])); }},
      {"asinh", 1, [](D a) { return std::asinh(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::asinh(a[0])); }},
      {"acosh", 1, [](D a) { return std::acosh(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::acosh(a[0])); }},
      {"atanh", 1, [](D a) { return std::atanh(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::atanh(a[0])); }},
      {"exp", 1, [](D a) { return std::exp(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::exp(a[0])); }},
      {"log", 1, [](D a) { return std::log(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::log(a[0])); }},
      {"ln", 1, [](D a) { return std::log(a[0]); },
       [](E a) { return GiNaC::ex(GiNaC::log(a[0])); }},
      {"log10", 1, [](D a) { return std::log10(a[0]); },
       [](E a) { return GiNaC::log(a[0]) / M_LN10; }},
      {"sqrt", 1, [](D a) { return std::sqrt(a[0]); }, [](E a) { return GiNaC::sqrt(a[0]); }},
      {"abs", 1, [](D a) { return std::fabs(a[0]); }, [](E a) { return symbolic_abs(a[0]); }},
      {"erf", 1, [](D a) { return std::erf(a[0]); }, [](E a) { return symbolic_erf(a[0]); }},
      {"pow", 2, [](D a) { return std::pow(a[0], a[1]); },
       [](E a) { return GiNaC::pow(a[0], a[1]); }},
      {"min", 2, [](D a) { return std::min(a[0], a[1]); },
       [](E a) { return symbolic_min(a[0], a[1]); }},
      {"max", 2, [](D a) { return std::max(a[0], a[1]); },
       [](E a) { return symbolic_max(a[0], a[1]); }},
      {"if", 3, [](D a) { return a[0] != 0 ? a[1] : a[2]; }, nullptr}};
  return table;
}

double negative(double x)
{
  return -x;
}
double positive(double x)
{
  return x;
}

void fail_at(std::size_t position, const std::string &what)
{
  throw FormulaError("column " + std::to_string(position + 1) + ": " + what);
}

mu::Parser checked_parser(const std::string &text, unsigned int dimension,
                          const Constants &constants, Grammar grammar, Slots &slots,
                          std::size_t offset, const std::vector<std::string> &inputs)
{
  const auto tokens = tokens_of(text, grammar, offset);
  auto known = known_names(dimension, constants, grammar);
  known.insert(known.end(), inputs.begin(), inputs.end());
  for (const auto &token : tokens)
    if (token.kind == Token::name)
      check_name(token, known, dimension);
  check_parentheses(tokens);
  for (std::size_t i = 0; i < tokens.size(); ++i)
    check_call(tokens, i);

  try
  {
    mu::Parser parser = parser_with_names(dimension, constants, slots, inputs);
    parser.SetExpr(text);
    parser.Eval(); // muParser reads the text only now
    return parser;
  }
  catch (const mu::ParserError &error)
  {
    fail_as(error, tokens, offset);
  }
}

std::string why_not_a_constant(const std::string &name)
{
  if (name.empty() || !is_letter(name[0]) || end_of_name(name, 0) != name.size())
    return "'" + name + "' is not a name: letters, digits and _, not starting with a digit";
  const bool is_coordinate = name == "x" || name == "y" || name == "z";
  if (is_coordinate || name == "pi" || find_function(name))
    return "'" + name + "' is taken: it cannot name a constant";
  return "";
}
} // namespace lowland
