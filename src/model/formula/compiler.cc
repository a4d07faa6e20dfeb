#include "model/formula/compiler.h"

#include <boost/functional/hash.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

namespace lowland
{
using GiNaC::ex;
using GiNaC::ex_to;
using GiNaC::is_a;
using GiNaC::numeric;

namespace
{
/// The operands of a sum or product in an order that depends on nothing but themselves, numbers last. GiNaC's
/// own follows from addresses, and would make two runs of the same file, or two ranks, round differently.
class CanonicalOrder
{
public:
  std::vector<ex> operands(const ex &e)
  {
    std::vector<ex> result(e.begin(), e.end());
    const auto rank = [this](const ex &e) { return std::pair(is_a<numeric>(e), fingerprint(e)); };
    std::sort(result.begin(), result.end(),
              [&](const ex &a, const ex &b) { return rank(a) < rank(b); });
    return result;
  }

private:
  std::map<ex, std::size_t, GiNaC::ex_is_less> fingerprints_;

  std::size_t fingerprint(const ex &e)
  {
    if (const auto found = fingerprints_.find(e); found != fingerprints_.end())
      return found->second;
    std::vector<std::size_t> parts;
    for (const ex &operand : e)
      parts.push_back(fingerprint(operand));
    const bool commutes = is_a<GiNaC::add>(e) || is_a<GiNaC::mul>(e);
    if (commutes)
      std::sort(parts.begin(), parts.end());
    std::ostringstream name;
    if (parts.empty())
      name << e;
    else if (is_a<GiNaC::function>(e))
      name << ex_to<GiNaC::function>(e).get_name();
    else
      name << (is_a<GiNaC::add>(e) ? "+" : is_a<GiNaC::mul>(e) ? "*" : "^");
    std::size_t result = std::hash<std::string>()(name.str());
    boost::hash_combine(result, boost::hash_range(parts.begin(), parts.end()));
    return fingerprints_[e] = result;
  }
};

/// Translates expressions to instructions.
class Compiler
{
public:
  Compiler(unsigned int dimension, unsigned int n_inputs)
  {
    for (unsigned int i = 0; i < dimension; ++i)
      known_[coordinate_symbol(i)] = emit({Operation::coordinate, i});
    for (unsigned int k = 0; k < n_inputs; ++k)
      known_[coordinate_symbol(3 + k)] = emit({Operation::coordinate, dimension + k});
  }

  /// The instruction whose result is `e`.
  unsigned int compile(const ex &e)
  {
    if (const auto found = known_.find(e); found != known_.end())
      return found->second;
    const unsigned int result = translate(e);
    known_[e] = result;
    return result;
  }

  std::vector<Instruction> instructions;

private:
  std::map<ex, unsigned int, GiNaC::ex_is_less> known_;
  CanonicalOrder order_;
  std::map<decltype(Instruction().key()), unsigned int> numbers_;

  unsigned int translate(const ex &e)
  {
    if (is_a<GiNaC::add>(e))
      return sum(e);
    if (is_a<GiNaC::mul>(e))
      return product(e);
    if (is_a<GiNaC::power>(e))
      return power(e.op(0), e.op(1));
    if (is_a<GiNaC::function>(e))
      return function(ex_to<GiNaC::function>(e));
    return constant(to_double(e));
  }

  static double to_double(const ex &e)
  {
    const ex value = GiNaC::evalf(e);
    if (!is_a<numeric>(value) || !ex_to<numeric>(value).is_real())
      throw FormulaError("a formula or a derivative of it is not a real number");
    return ex_to<numeric>(value).to_double();
  }

  bool is_constant(unsigned int i) const
  {
    return instructions[i].operation == Operation::constant;
  }

  unsigned int constant(double c) { return emit({Operation::constant, 0, 0, c}); }

  unsigned int emit(Instruction i)
  {
    if (const unsigned int n = i.n_operands();
        n > 0 && is_constant(i.a) && (n == 1 || is_constant(i.b)))
      return constant(folded(i));
    const auto [entry, is_new] = numbers_.try_emplace(i.key(), instructions.size());
    if (is_new)
      instructions.push_back(i);
    return entry->second;
  }

  double folded(const Instruction &i) const
  {
    double result = 0;
    execute<1>(i, &result, &instructions[i.a].c, &instructions[i.b].c);
    return result;
  }

  /// a+b and a*b are emitted with ordered operands, and with an immediate constant where one is.
  unsigned int commutative(Operation operation, Operation with_constant, unsigned int a,
                           unsigned int b)
  {
    if (is_constant(a))
      std::swap(a, b);
    if (is_constant(b) && !is_constant(a))
      return emit({with_constant, a, 0, instructions[b].c});
    return emit({operation, std::min(a, b), std::max(a, b)});
  }

  unsigned int plus(unsigned int a, unsigned int b)
  {
    return commutative(Operation::add, Operation::add_constant, a, b);
  }

  unsigned int times(unsigned int a, unsigned int b)
  {
    return commutative(Operation::multiply, Operation::multiply_constant, a, b);
  }

  unsigned int scaled(double c, unsigned int a)
  {
    if (c == 1)
      return a;
    return c == -1 ? emit({Operation::negate, a}) : times(a, constant(c));
  }

  /// Splits a term into its numerical coefficient and the rest.
  static std::pair<double, ex> with_coefficient(const ex &term)
  {
    if (!is_a<GiNaC::mul>(term) || !is_a<numeric>(term.op(term.nops() - 1)))
      return {1., term};
    const ex coefficient = term.op(term.nops() - 1);
    return {to_double(coefficient), term / coefficient};
  }

  /// Positive terms first, then subtractions: no term is negated without need.
  unsigned int sum(const ex &e)
  {
    std::vector<std::pair<double, unsigned int>> terms;
    for (const ex &term : order_.operands(e))
    {
      const auto [c, rest] = with_coefficient(term);
      terms.emplace_back(c, compile(rest));
    }
    std::stable_partition(terms.begin(), terms.end(), [](const auto &t) { return t.first > 0; });
    unsigned int result = scaled(terms[0].first, terms[0].second);
    for (std::size_t i = 1; i < terms.size(); ++i)
    {
      const auto [c, term] = terms[i];
      result = c < 0 && !is_constant(term) ? emit({Operation::subtract, result, scaled(-c, term)})
                                           : plus(result, scaled(c, term));
    }
    return result;
  }

  unsigned int product(const ex &e)
  {
    const auto [c, rest] = with_coefficient(e);
    if (!is_a<GiNaC::mul>(rest))
      return scaled(c, compile(rest));
    const auto factors = order_.operands(rest);
    unsigned int result = compile(factors[0]);
    for (std::size_t i = 1; i < factors.size(); ++i)
      result = times(result, compile(factors[i]));
    return scaled(c, result);
  }

  /// a^n by repeated squaring.
  unsigned int whole_power(unsigned int a, unsigned long n)
  {
    if (n == 0)
      return constant(1.);
    if (n == 1)
      return a;
    const unsigned int half = whole_power(a, n / 2);
    const unsigned int even = times(half, half);
    return n % 2 == 0 ? even : times(even, a);
  }

  unsigned int power(const ex &base, const ex &exponent)
  {
    const unsigned int a = compile(base);
    const double n = is_a<numeric>(exponent) ? to_double(exponent) : NAN;
    constexpr double largest_unrolled = 64;
    if (!(std::fabs(n) <= largest_unrolled) || 2 * n != std::floor(2 * n))
      return emit({Operation::power, a, compile(exponent)});
    const unsigned int root = n == std::floor(n) ? a : emit({Operation::square_root, a});
    const unsigned int positive = n < 0 ? emit({Operation::inverse, root}) : root;
    return whole_power(positive, std::lround(std::fabs(root == a ? n : 2 * n)));
  }

  unsigned int function(const GiNaC::function &f)
  {
    const std::string name = f.get_name();
    if (name == "min" || name == "max")
      return emit({name == "min" ? Operation::minimum : Operation::maximum, compile(f.op(0)),
                   compile(f.op(1))});
    const UnaryFunction value = unary_function(name);
    if (!value || f.nops() != 1)
      throw FormulaError("no numerical value is known for the function '" + name + "'");
    return emit({Operation::call, compile(f.op(0)), 0, 0., value});
  }
};

/// Drops what no output needs.
void drop_unused(Code &code)
{
  std::vector<Instruction> &instructions = code.instructions;
  std::vector<bool> used(instructions.size());
  for (const unsigned int o : code.outputs)
    used[o] = true;
  for (std::size_t i = instructions.size(); i-- > 0;)
  {
    const unsigned int n = used[i] ? instructions[i].n_operands() : 0;
    if (n > 0)
      used[instructions[i].a] = true;
    if (n > 1)
      used[instructions[i].b] = true;
  }
  std::vector<unsigned int> place(instructions.size());
  std::vector<Instruction> kept;
  for (std::size_t i = 0; i < instructions.size(); ++i)
    if (used[i])
    {
      Instruction moved = instructions[i];
      moved.a = moved.n_operands() > 0 ? place[moved.a] : moved.a;
      moved.b = moved.n_operands() > 1 ? place[moved.b] : moved.b;
      place[i] = kept.size();
      kept.push_back(moved);
    }
  instructions = kept;
  for (unsigned int &o : code.outputs)
    o = place[o];
}
} // namespace

Code compile(const std::vector<ex> &expressions, unsigned int dimension, unsigned int n_inputs)
{
  Compiler compiler(dimension, n_inputs);
  Code code;
  for (const ex &e : expressions)
    code.outputs.push_back(compiler.compile(e));
  code.instructions = std::move(compiler.instructions);
  drop_unused(code);
  return code;
}
} // namespace lowland
