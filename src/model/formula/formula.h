// Formulas that users type: checked with positions (muParser), differentiated (GiNaC), and
// compiled to straight-line programs that evaluate many outputs at many points.
//
// The grammar, weakest binding first; it is the same for values and for derivatives:
//   a < b  <= > >= == != && ||    only in a Function
//   a + b, a - b
//   a * b, a / b, -a, +a          so -x^2 is -(x^2), and 2^-x^2 is 2^(-(x^2))
//   a ^ b                         right-associative: x^y^2 is x^(y^2)
//   (a), numbers (1, .5, 1e-3), x y z as far as the dimension goes, pi, the named constants, and
//   sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp log ln log10 sqrt abs erf (1
//   argument) pow min max (2 arguments)     if(condition, a, b) only in a Function
// Nothing is implied: 2x and (a)(b) are errors. log = ln is the natural logarithm. exp(1) is
// Euler's number.
#pragma once

#include "model/points.h"

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace GiNaC
{
class ex;
class symbol;
} // namespace GiNaC

namespace lowland
{
/// Named constants of formulas, e.g. {"a", 0.2}.
using Constants = std::map<std::string, double>;

/// A formula cannot be used; `what()` has the position and what is allowed there.
struct FormulaError : std::runtime_error
{
  using std::runtime_error::runtime_error;
};

/// Reads "a=1, b=2". Values may be formulas of numbers and of constants to their left. Throws
/// FormulaError.
Constants parse_constants(const std::string &text);

/// How many names beside x, y, z a formula may have as variables.
constexpr unsigned int most_inputs = 61;

/// The symbols x, y, z shared by every formula of the program (real-valued), and from 3 on those of
/// the inputs of parse_symbolic().
const GiNaC::symbol &coordinate_symbol(unsigned int i);

/// Checks `text` (grammar, names, position of the error) and returns it as a symbolic expression in
/// the first `dimension` coordinates and the `inputs`, names of further variables. Throws
/// FormulaError.
GiNaC::ex parse_symbolic(const std::string &text, unsigned int dimension,
                         const Constants &constants = {},
                         const std::vector<std::string> &inputs = {});

/// A straight-line program for several expressions, common subexpressions evaluated once.
class Program
{
public:
  /// The points that it is evaluated at have `dimension` coordinates and then the inputs.
  Program(const std::vector<GiNaC::ex> &expressions, unsigned int dimension,
          unsigned int n_inputs = 0);
  ~Program();
  Program(Program &&) noexcept;

  unsigned int n_outputs() const;
  /// results[k][q]: expression k at point q. Thread-safe.
  void evaluate(const Points &points, Components &results) const;

private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// A formula that is only evaluated (observables, exit regions): also if, comparisons, min, max.
class Function
{
public:
  /// Throws FormulaError.
  Function(const std::string &text, unsigned int dimension, const Constants &constants = {});
  ~Function();
  Function(Function &&) noexcept;

  const std::string &text() const;
  /// Whether it has a comparison or a condition: nothing else jumps.
  bool may_jump() const;
  void evaluate(const Points &points, std::vector<double> &results) const;
  double value(const Coordinates &point) const;

private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};
} // namespace lowland
