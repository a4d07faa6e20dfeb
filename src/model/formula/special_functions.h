// Functions that formulas may use and GiNaC lacks (or differentiates badly), as symbolic functions
// with exact derivatives: erf' = 2/sqrt(pi) exp(-x^2), |x|' = sign(x), sign' = 0, and, with the
// unit step H, min(a,b)' = H(b-a) a' + H(a-b) b'. H(0) = 1/2, so kinks take the mean of both sides,
// not NaN.
#pragma once

#include <ginac/ginac.h>

namespace lowland
{
GiNaC::ex symbolic_erf(const GiNaC::ex &x);
GiNaC::ex symbolic_abs(const GiNaC::ex &x);
GiNaC::ex symbolic_min(const GiNaC::ex &a, const GiNaC::ex &b);
GiNaC::ex symbolic_max(const GiNaC::ex &a, const GiNaC::ex &b);

/// sign(x), 0 at 0.
double sign(double x);
/// The unit step H(x), 1/2 at 0.
double unit_step(double x);

/// The numerical function of one argument behind a symbolic function's GiNaC name; null if there is
/// none.
using UnaryFunction = double (*)(double);
UnaryFunction unary_function(const std::string &name);
} // namespace lowland
