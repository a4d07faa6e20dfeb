// The means E[g] that users ask for in `Output/Observables`.
#pragma once

#include "input/parameters.h"
#include "model/formula/formula.h"

#include <memory>
#include <string>
#include <vector>

namespace lowland
{
/// A mean E[g] that the user asked for.
struct NamedFunction
{
  std::string name;
  std::shared_ptr<const Function> function;
};

/// From `Output/Observables`. Throws InputError, also for names that other columns of observables.csv or entries of
/// summary.json have.
std::vector<NamedFunction> read_observables(const Parameters &parameters);
} // namespace lowland
