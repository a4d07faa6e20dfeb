#include "tasks/problem/coefficient_keys.h"

namespace lowland
{
ParameterKey loss_key(const Parameters &parameters)
{
  const std::string kind = parameters.text("Landscape", "Kind");
  return {"Landscape", kind == "expression"   ? "Loss"
                       : kind == "regression" ? "Model"
                       : kind == "table"      ? "Table"
                                              : "Kind"};
}

ParameterKey diffusion_key(const Parameters &parameters)
{
  return {"Noise", parameters.given("Noise", "Tensor") ? "Tensor" : "Kind"};
}
} // namespace lowland
