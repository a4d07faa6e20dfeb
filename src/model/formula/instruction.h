// One step of a compiled formula, on a block of points at once.
#pragma once

#include "model/formula/special_functions.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace lowland
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
} // namespace lowland
