#include "model/formula/special_functions.h"

#include <cmath>
#include <map>

namespace lowland
{
using GiNaC::ex;
using GiNaC::function;
using GiNaC::function_options;

namespace
{
ex symbolic_step(const ex &x);

ex no_derivative(const ex &, unsigned)
{
  return 0;
}

unsigned int sign_serial()
{
  static const unsigned int serial = function::register_new(
      function_options("sign", 1).derivative_func(GiNaC::derivative_funcp_1(no_derivative)));
  return serial;
}

unsigned int step_serial()
{
  static const unsigned int serial = function::register_new(
      function_options("unit_step", 1).derivative_func(GiNaC::derivative_funcp_1(no_derivative)));
  return serial;
}

ex derivative_of_erf(const ex &x, unsigned)
{
  return 2 / std::sqrt(M_PI) * GiNaC::exp(-GiNaC::pow(x, 2));
}

ex derivative_of_abs(const ex &x, unsigned)
{
  return function(sign_serial(), x);
}

ex derivative_of_min(const ex &a, const ex &b, unsigned i)
{
  return i == 0 ? symbolic_step(b - a) : symbolic_step(a - b);
}

ex derivative_of_max(const ex &a, const ex &b, unsigned i)
{
  return derivative_of_min(b, a, i);
}

ex symbolic_step(const ex &x)
{
  return function(step_serial(), x);
}
} // namespace

ex symbolic_erf(const ex &x)
{
  static const unsigned int serial = function::register_new(
      function_options("erf", 1).derivative_func(GiNaC::derivative_funcp_1(derivative_of_erf)));
  return function(serial, x);
}

ex symbolic_abs(const ex &x)
{
  static const unsigned int serial =
      function::register_new(function_options("magnitude", 1)
                                 .derivative_func(GiNaC::derivative_funcp_1(derivative_of_abs)));
  return function(serial, x);
}

ex symbolic_min(const ex &a, const ex &b)
{
  static const unsigned int serial = function::register_new(
      function_options("min", 2).derivative_func(GiNaC::derivative_funcp_2(derivative_of_min)));
  return function(serial, a, b);
}

ex symbolic_max(const ex &a, const ex &b)
{
  static const unsigned int serial = function::register_new(
      function_options("max", 2).derivative_func(GiNaC::derivative_funcp_2(derivative_of_max)));
  return function(serial, a, b);
}

double sign(double x)
{
  return x > 0 ? 1. : (x < 0 ? -1. : x);
}

double unit_step(double x)
{
  return x > 0 ? 1. : (x < 0 ? 0. : 0.5 + x);
}

UnaryFunction unary_function(const std::string &name)
{
  static const std::map<std::string, UnaryFunction> table = {
      {"sin", std::sin},   {"cos", std::cos},       {"tan", std::tan},     {"asin", std::asin},
      {"acos", std::acos}, {"atan", std::atan},     {"sinh", std::sinh},   {"cosh", std::cosh},
      {"tanh", std::tanh}, {"asinh", std::asinh},   {"acosh", std::acosh}, {"atanh", std::atanh},
      {"exp", std::exp},   {"log", std::log},       {"erf", std::erf},     {"magnitude", std::fabs},
      {"sign", sign},      {"unit_step", unit_step}};
  const auto row = table.find(name);
  return row == table.end() ? nullptr : row->second;
}
} // namespace lowland
