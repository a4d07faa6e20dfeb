// From symbolic expressions to instructions.
#pragma once

#include "model/formula/formula.h"
#include "model/formula/instruction.h"

namespace lowland
{
/// Instructions in the order in which they run.
struct Code
{
  std::vector<Instruction> instructions;
  std::vector<unsigned int> outputs; ///< of each expression, the instruction with its value
};

/// Of expressions in the coordinates of so many dimensions and in further inputs. Equal instructions are emitted once (value
/// numbering), constants are folded, powers become products. Throws FormulaError for what has no real value.
Code compile(const std::vector<GiNaC::ex> &expressions, unsigned int dimension,
             unsigned int n_inputs);
} // namespace lowland
