// Formulas: whatever the text, it is refused by FormulaError, or differentiated twice and evaluated. Where a
// formula can be differentiated, GiNaC's value and muParser's are the same number.
#include "model/formula/grammar.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace
{
using namespace lowland;

const Coordinates point = {0.3, -1.7, 2.1};

/// f, grad f and the diagonal of the Hessian, at one point.
double symbolic_value(const std::string &text, const Constants &constants)
{
  std::vector<GiNaC::ex> all = {parse_symbolic(text, 3, constants)};
  for (unsigned int i = 0; i < 3; ++i)
    for (const GiNaC::ex &e : {all[0], derivative(all[0], i)})
      all.push_back(derivative(e, i));
  Points points(3, 1);
  for (unsigned int i = 0; i < 3; ++i)
    points.x[i][0] = point[i];
  Components values;
  Program(all, 3).evaluate(points, values);
  return values[0][0];
}

/// Round-off may be magnified, and expressions that are 0/0 in one order of operations need not be in another.
bool differ(double a, double b)
{
  return std::isfinite(a) && std::isfinite(b) && std::fabs(a) < 1e6 && std::fabs(b) < 1e6 &&
         std::fabs(a - b) > 1e3 * (1 + std::fabs(a) + std::fabs(b));
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
  const std::string all(reinterpret_cast<const char *>(data), size);
  const auto bar = all.find('$'); // formula $ constants
  const std::string text = all.substr(0, bar);
  try
  {
    const Constants constants =
        parse_constants(bar == std::string::npos ? "a=1, b=0.5" : all.substr(bar + 1));
    const double value = Function(text, 3, constants).value(point);
    if (differ(symbolic_value(text, constants), value))
      std::abort();
  }
  catch (const FormulaError &)
  {
  }
  return 0;
}
