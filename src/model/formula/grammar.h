// The grammar of formulas (stated in formula.h): the table of functions, the check of a text with
// the column of its first error, and the muParser object that then holds the formula.
#pragma once

#include "model/formula/formula.h"

#include <ginac/ginac.h>
#include <muParser.h>

namespace lowland
{
/// One function that formulas may call.
struct FormulaFunction
{
  std::string name;
  unsigned int n_arguments;
  double (*value)(const double *);
  GiNaC::ex (*symbolic)(const GiNaC::exvector &); ///< null: cannot be differentiated (`if`)
};
const std::vector<FormulaFunction> &formula_functions();

/// Whether comparisons, && and ||, and `if` are allowed.
enum class Grammar
{
  differentiable,
  conditional
};

/// Values of x, y, z and of further inputs for a formula held by muParser.
using Slots = std::array<double, 3 + most_inputs>;

/// Throws the FormulaError that names the 0-based `position` as a column.
[[noreturn]] void fail_at(std::size_t position, const std::string &what);

/// Checks `text` and returns a parser that holds it, its coordinates bound to `slots`. Columns of
/// errors count from `offset` characters before the text. Throws FormulaError.
mu::Parser checked_parser(const std::string &text, unsigned int dimension,
                          const Constants &constants, Grammar grammar, Slots &slots,
                          std::size_t offset = 0, const std::vector<std::string> &inputs = {});

/// The derivative by coordinate i, or by an input as coordinate_symbol() counts them. Throws FormulaError
/// where GiNaC meets a pole.
GiNaC::ex derivative(const GiNaC::ex &expression, unsigned int i);

/// Why `name` cannot name a constant, nor an input; empty if it can.
std::string why_not_a_constant(const std::string &name);

/// The sign operators, to be recognised in muParser's bytecode.
double negative(double x);
double positive(double x);
} // namespace lowland
