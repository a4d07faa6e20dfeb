// Compiles symbolic expressions to a list of instructions on blocks of points. Equal instructions
// are emitted once (value numbering), constants are folded, powers become products.
#include "model/formula.h"
#include "model/special_functions.h"

#include <boost/functional/hash.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>
#include <tuple>

namespace lowland
{
using GiNaC::ex;
using GiNaC::ex_to;
using GiNaC::is_a;
using GiNaC::numeric;

namespace
{
enum class Operation
{
  coordinate, ///< of index a
  constant,   ///< c
  copy,
  negate,
  add,
  subtract,
  multiply,
  inverse,
  add_constant,
  multiply_constant,
  square_root,
  power, ///< a^b
  minimum,
  maximum,
  call ///< function(a)
};

/// result = operation(a, b, c); a and b are results of earlier instructions.
struct Instruction
{
  Operation operation;
  unsigned int a = 0, b = 0;
  double c = 0;
  UnaryFunction function = nullptr;

  auto key() const { return std::make_tuple(operation, a, b, c, function); }
  unsigned int n_operands() const
  {
    switch (operation)
    {
    case Operation::coordinate:
    case Operation::constant:
      return 0;
    case Operation::add:
    case Operation::subtract:
    case Operation::multiply:
    case Operation::power:
    case Operation::minimum:
    case Operation::maximum:
      return 2;
    default:
      return 1;
    }
  }
};

/// One loop per operation over a block of `width` points.
template <unsigned int width, class Operator>
inline void loop(double *__restrict r, const Operator &operation)
{
  for (unsigned int q = 0; q < width; ++q)
    r[q] = operation(q);
}

template <unsigned int width>
void execute(const Instruction &i, double *r, const double *__restrict a,
             const double *__restrict b)
{
  const double c = i.c;
  switch (i.operation)
  {
  case Operation::coordinate:
  case Operation::copy:
    return loop<width>(r, [=](unsigned int q) { return a[q]; });
  case Operation::constant:
    return loop<width>(r, [=](unsigned int) { return c; });
  case Operation::negate:
    return loop<width>(r, [=](unsigned int q) { return -a[q]; });
  case Operation::add:
    return loop<width>(r, [=](unsigned int q) { return a[q] + b[q]; });
  case Operation::subtract:
    return loop<width>(r, [=](unsigned int q) { return a[q] - b[q]; });
  case Operation::multiply:
    return loop<width>(r, [=](unsigned int q) { return a[q] * b[q]; });
  case Operation::inverse:
    return loop<width>(r, [=](unsigned int q) { return 1. / a[q]; });
  case Operation::add_constant:
    return loop<width>(r, [=](unsigned int q) { return a[q] + c; });
  case Operation::multiply_constant:
    return loop<width>(r, [=](unsigned int q) { return a[q] * c; });
  case Operation::square_root:
    return loop<width>(r, [=](unsigned int q) { return std::sqrt(a[q]); });
  case Operation::power:
    return loop<width>(r, [=](unsigned int q) { return std::pow(a[q], b[q]); });
  case Operation::minimum:
    return loop<width>(r, [=](unsigned int q) { return std::min(a[q], b[q]); });
  case Operation::maximum:
    return loop<width>(r, [=](unsigned int q) { return std::max(a[q], b[q]); });
  case Operation::call:
    return loop<width>(r, [=, f = i.function](unsigned int q) { return f(a[q]); });
  }
}

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

/// Drops what no output needs and returns where each old instruction went.
std::vector<unsigned int> drop_unused(std::vector<Instruction> &instructions,
                                      const std::vector<unsigned int> &outputs)
{
  std::vector<bool> used(instructions.size());
  for (const unsigned int o : outputs)
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
  return place;
}

constexpr unsigned int block = 64, small_block = 8;
} // namespace

struct Program::Implementation
{
  std::vector<Instruction> instructions;
  std::vector<unsigned int> outputs;   ///< instruction of each output
  std::vector<unsigned int> registers; ///< where each instruction leaves its result
  unsigned int n_registers = 0;

  Implementation(const std::vector<ex> &expressions, unsigned int dimension, unsigned int n_inputs)
  {
    Compiler compiler(dimension, n_inputs);
    for (const ex &e : expressions)
      outputs.push_back(compiler.compile(e));
    instructions = std::move(compiler.instructions);
    const auto place = drop_unused(instructions, outputs);
    for (unsigned int &o : outputs)
      o = place[o];
    assign_registers();
  }

  /// A register is free again after the last use of its value, so that a block stays in the cache.
  void assign_registers()
  {
    std::vector<std::size_t> last_use(instructions.size());
    for (std::size_t i = 0; i < instructions.size(); ++i)
    {
      const unsigned int n = instructions[i].n_operands();
      if (n > 0)
        last_use[instructions[i].a] = i;
      if (n > 1)
        last_use[instructions[i].b] = i;
    }
    for (const unsigned int o : outputs)
      last_use[o] = instructions.size();

    std::vector<unsigned int> free;
    registers.resize(instructions.size());
    for (std::size_t i = 0; i < instructions.size(); ++i)
    {
      if (free.empty())
        free.push_back(n_registers++);
      registers[i] = free.back();
      free.pop_back();
      const unsigned int n = instructions[i].n_operands();
      const unsigned int a = instructions[i].a, b = instructions[i].b;
      if (n > 0 && last_use[a] == i)
        free.push_back(registers[a]);
      if (n > 1 && b != a && last_use[b] == i)
        free.push_back(registers[b]);
    }
  }

  /// Points [begin, end), at most `width` of them; missing ones repeat the last.
  template <unsigned int width>
  void run(const Points &points, std::size_t begin, std::size_t end, double *memory,
           Components &results) const
  {
    const auto at = [&](unsigned int i) { return memory + std::size_t(width) * registers[i]; };
    for (std::size_t i = 0; i < instructions.size(); ++i)
    {
      const Instruction &instruction = instructions[i];
      if (instruction.operation == Operation::coordinate)
        load<width>(points.x[instruction.a], begin, end, at(i));
      else
        execute<width>(instruction, at(i), at(instruction.a), at(instruction.b));
    }
    for (std::size_t k = 0; k < outputs.size(); ++k)
      std::copy_n(at(outputs[k]), end - begin, results[k].begin() + begin);
  }

  template <unsigned int width>
  static void load(const std::vector<double> &x, std::size_t begin, std::size_t end, double *r)
  {
    std::copy(x.begin() + begin, x.begin() + end, r);
    std::fill(r + (end - begin), r + width, x[end - 1]);
  }
};

Program::Program(const std::vector<GiNaC::ex> &expressions, unsigned int dimension,
                 unsigned int n_inputs)
    : implementation_(std::make_unique<Implementation>(expressions, dimension, n_inputs))
{
}

Program::~Program() = default;
Program::Program(Program &&) noexcept = default;

unsigned int Program::n_outputs() const
{
  return implementation_->outputs.size();
}

void Program::evaluate(const Points &points, Components &results) const
{
  const std::size_t n = points.size();
  results.resize(n_outputs());
  for (auto &result : results)
    result.resize(n);
  // Uninitialised on purpose: clearing it would cost as much as a small batch.
  const std::unique_ptr<double[]> memory(new double[implementation_->n_registers * block]);
  std::size_t q = 0;
  for (; q + block <= n; q += block)
    implementation_->run<block>(points, q, q + block, memory.get(), results);
  for (; q < n; q += small_block)
    implementation_->run<small_block>(points, q, std::min(n, q + small_block), memory.get(),
                                      results);
}
} // namespace lowland
