#include "model/formula/grammar.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <regex>

namespace lowland
{
using GiNaC::ex;
using GiNaC::exvector;
using GiNaC::numeric;

namespace
{
/// Whole numbers become exact, so that x^2 is a square and 1/3 a third.
ex as_numeric(double value)
{
  constexpr double exact_below = 1e9;
  if (value == std::floor(value) && std::fabs(value) < exact_below)
    return numeric(static_cast<long>(value));
  return numeric(value);
}

/// GiNaC would compute 9^9^9, and the 9^(9^9) in (9 x)^(9^9), in exact digits: powers of numbers are
/// rounded unless they are small, and exponents of all else bounded.
ex power_of(const ex &base, const ex &exponent)
{
  constexpr double largest_exponent = 1000;
  if (GiNaC::is_a<numeric>(base) && !GiNaC::is_a<numeric>(exponent) &&
      !GiNaC::ex_to<numeric>(base).is_positive())
    throw FormulaError("a variable power of a number that is not positive is not real everywhere");
  if (!GiNaC::is_a<numeric>(base) && GiNaC::is_a<numeric>(exponent) &&
      std::fabs(GiNaC::ex_to<numeric>(exponent).to_double()) > largest_exponent)
    throw FormulaError("it has a power above 1000");
  if (!GiNaC::is_a<numeric>(base) || !GiNaC::is_a<numeric>(exponent))
    return GiNaC::pow(base, exponent);
  const double b = GiNaC::ex_to<numeric>(base).to_double();
  const double value = std::pow(b, GiNaC::ex_to<numeric>(exponent).to_double());
  if (!std::isfinite(value))
    throw FormulaError("a power of numbers in it is infinite or not real");
  return as_numeric(value);
}

ex pop(exvector &stack)
{
  ex top = stack.back();
  stack.pop_back();
  return top;
}

void apply_operator(mu::ECmdCode code, exvector &stack)
{
  const ex b = pop(stack), a = pop(stack);
  switch (code)
  {
  case mu::cmADD:
    return stack.push_back(a + b);
  case mu::cmSUB:
    return stack.push_back(a - b);
  case mu::cmMUL:
    return stack.push_back(a * b);
  case mu::cmDIV:
    return stack.push_back(a / b);
  case mu::cmPOW:
    return stack.push_back(power_of(a, b));
  default:
    throw FormulaError("an operator in it cannot be differentiated");
  }
}

void apply_function(const mu::SToken &token, exvector &stack)
{
  const auto *const function = static_cast<const FormulaFunction *>(token.Fun.cb._pUserData);
  if (!function) // a sign
  {
    if (token.Fun.cb._pRawFun == reinterpret_cast<mu::erased_fun_type>(negative))
      stack.push_back(-pop(stack));
    return;
  }
  const exvector arguments(stack.end() - token.Fun.argc, stack.end());
  stack.resize(stack.size() - token.Fun.argc);
  stack.push_back(function->name == "pow" ? power_of(arguments[0], arguments[1])
                                          : function->symbolic(arguments));
}

/// The expression that muParser's bytecode computes. Reading it, instead of the text a second time,
/// leaves one parser to say what a formula means.
ex expression_of(mu::Parser parser, const Slots &slots)
{
  parser.EnableOptimizer(false); // plain operators only
  parser.Eval();                 // writes the bytecode
  exvector stack;
  const mu::SToken *token = parser.GetByteCode().GetBase();
  for (; token->Cmd != mu::cmEND; ++token)
  {
    if (token->Cmd == mu::cmVAL)
      stack.push_back(as_numeric(token->Val.data2));
    else if (token->Cmd == mu::cmVAR)
      stack.push_back(coordinate_symbol(token->Val.ptr - slots.data()));
    else if (token->Cmd == mu::cmFUNC)
      apply_function(*token, stack);
    else
      apply_operator(token->Cmd, stack);
  }
  return stack.back();
}

/// Deeper expressions would be walked through, and differentiated, to the end of the stack and beyond.
void check_depth(const ex &expression)
{
  constexpr unsigned int deepest = 100;
  std::vector<std::pair<ex, unsigned int>> waiting = {{expression, 1}};
  while (!waiting.empty())
  {
    const auto [part, depth] = waiting.back();
    waiting.pop_back();
    if (depth > deepest)
      throw FormulaError("it is nested more than 100 levels deep");
    for (const ex &operand : part)
      waiting.emplace_back(operand, depth + 1);
  }
}

void check_real(const ex &expression)
{
  for (auto part = expression.preorder_begin(); part != expression.preorder_end(); ++part)
    if (GiNaC::is_a<numeric>(*part) && !GiNaC::ex_to<numeric>(*part).is_real())
      throw FormulaError("it is not real: a root or logarithm of a negative number");
}

/// Where the next "name = value" ends: at a comma outside parentheses, or with the text.
std::size_t end_of_assignment(const std::string &text, std::size_t i)
{
  for (int depth = 0; i < text.size() && (depth > 0 || text[i] != ','); ++i)
    depth += (text[i] == '(') - (text[i] == ')');
  return i;
}

std::string trimmed(const std::string &text)
{
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string::npos
             ? ""
             : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Reads the assignment text[begin, end) into `constants`.
void read_assignment(const std::string &text, std::size_t begin, std::size_t end,
                     Constants &constants)
{
  const std::size_t start = std::min(text.find_first_not_of(" \t\r\n", begin), end);
  const std::size_t equals = text.find('=', begin);
  if (equals >= end)
    fail_at(start, "a constant is written name=value, constants are separated by commas");
  const std::string name = trimmed(text.substr(begin, equals - begin));
  if (const std::string why = why_not_a_constant(name); !why.empty())
    fail_at(start, why);
  if (constants.count(name) > 0)
    fail_at(start, "the constant '" + name + "' is given twice");
  Slots none{};
  const std::string value = text.substr(equals + 1, end - equals - 1);
  if (trimmed(value).empty())
    fail_at(equals, "the constant '" + name + "' has no value");
  constants[name] =
      checked_parser(value, 0, constants, Grammar::differentiable, none, equals + 1).Eval();
  if (!std::isfinite(constants[name]))
    fail_at(equals + 1, "the value of '" + name + "' is not finite");
}
} // namespace

Constants parse_constants(const std::string &text)
{
  Constants constants;
  if (trimmed(text).empty())
    return constants;
  for (std::size_t begin = 0; begin <= text.size();)
  {
    const std::size_t end = end_of_assignment(text, begin);
    read_assignment(text, begin, end, constants);
    begin = end + 1;
  }
  return constants;
}

const GiNaC::symbol &coordinate_symbol(unsigned int i)
{
  static const std::vector<GiNaC::realsymbol> symbols = []() {
    std::vector<GiNaC::realsymbol> all;
    for (unsigned int k = 0; k < 3 + most_inputs; ++k)
      all.emplace_back(k < 3 ? std::string(1, "xyz"[k]) : "input" + std::to_string(k - 3));
    return all;
  }();
  return symbols[i];
}

ex parse_symbolic(const std::string &text, unsigned int dimension, const Constants &constants,
                  const std::vector<std::string> &inputs)
{
  Slots slots{};
  const mu::Parser parser =
      checked_parser(text, dimension, constants, Grammar::differentiable, slots, 0, inputs);
  try
  {
    ex expression = expression_of(parser, slots);
    check_depth(expression);
    check_real(expression);
    return expression;
  }
  catch (const FormulaError &error)
  {
    throw FormulaError("the formula cannot be used: " + std::string(error.what()));
  }
  catch (const std::exception &) // GiNaC's words for a pole at a constant
  {
    throw FormulaError("the formula cannot be used: it divides by zero or takes log(0)");
  }
}

ex derivative(const ex &expression, unsigned int i)
{
  try
  {
    return expression.diff(coordinate_symbol(i));
  }
  catch (const std::exception &) // a pole at a constant, or numbers beyond GiNaC's range
  {
    throw FormulaError("the formula cannot be used: its derivative by " +
                       coordinate_symbol(i).get_name() + " divides by zero or takes log(0)");
  }
}

struct Function::Implementation
{
  std::string text;
  bool may_jump;
  Slots slots{};
  mu::Parser parser;
  mutable std::mutex mutex; ///< muParser reads the coordinates from `slots`

  Implementation(const std::string &text_, unsigned int dimension, const Constants &constants)
      : text(text_), may_jump(std::regex_search(text, std::regex("[<>=!&|]|\\bif\\b"))),
        parser(checked_parser(text_, dimension, constants, Grammar::conditional, slots))
  {
  }
};

Function::Function(const std::string &text, unsigned int dimension, const Constants &constants)
    : implementation_(std::make_unique<Implementation>(text, dimension, constants))
{
}

Function::~Function() = default;
Function::Function(Function &&) noexcept = default;

const std::string &Function::text() const
{
  return implementation_->text;
}

bool Function::may_jump() const
{
  return implementation_->may_jump;
}

void Function::evaluate(const Points &points, std::vector<double> &results) const
{
  results.resize(points.size());
  for (std::size_t q = 0; q < points.size(); ++q)
    results[q] = value(points[q]);
}

double Function::value(const Coordinates &point) const
{
  const std::lock_guard<std::mutex> lock(implementation_->mutex);
  std::copy(point.begin(), point.end(), implementation_->slots.begin());
  return implementation_->parser.Eval();
}
} // namespace lowland
