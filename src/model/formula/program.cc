// Runs compiled formulas on blocks of points.
#include "model/formula/compiler.h"

#include <algorithm>

namespace lowland
{
namespace
{
constexpr unsigned int block = 64, small_block = 8;
} // namespace

struct Program::Implementation : Code
{
  std::vector<unsigned int> registers; ///< where each instruction leaves its result
  unsigned int n_registers = 0;

  explicit Implementation(Code code) : Code(std::move(code)) { assign_registers(); }

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
    : implementation_(std::make_unique<Implementation>(compile(expressions, dimension, n_inputs)))
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
