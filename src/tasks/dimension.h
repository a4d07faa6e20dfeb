// From the value of `Dimension` to the template parameter of everything that touches a mesh.
#pragma once

#include "input/parameters.h"

#include <type_traits>

namespace lowland
{
/// Returns `task(dim)`, where `dim` is an integral_constant of the dimension: inside a lambda
/// `[](auto dim)` it serves as the template argument, f<dim>().
template <typename Task>
auto for_dimension(const Parameters &parameters, const Task &task)
{
  switch (parameters.integer("", "Dimension"))
  {
  case 1:
    return task(std::integral_constant<int, 1>());
  case 2:
    return task(std::integral_constant<int, 2>());
  default:
    return task(std::integral_constant<int, 3>());
  }
}
} // namespace lowland
