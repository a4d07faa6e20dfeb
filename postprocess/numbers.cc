#include "numbers.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace lowland
{
namespace
{
std::string formatted(const char *format, double value)
{
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string with_true_minus(std::string text)
{
  return !text.empty() && text[0] == '-' ? "−" + text.substr(1) : text;
}
} // namespace

std::string plain_number(double value)
{
  return formatted("%.6g", value);
}

std::string power_of_ten(int exponent)
{
  static const char *digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "10⁻" : "10";
  for (const char digit : std::to_string(std::abs(exponent)))
    text += digits[digit - '0'];
  return text;
}

double quantile(std::vector<double> values, double share)
{
  const auto middle = values.begin() + static_cast<long>(share * (values.size() - 1));
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::string rounded_number(double value)
{
  return pretty_number(std::strtod(formatted("%.3g", value).c_str(), nullptr));
}

std::string pretty_number(double value)
{
  const double size = std::abs(value);
  if (size == 0 || (size >= 1e-3 && size < 1e5))
    return with_true_minus(formatted("%.4g", value));
  int exponent = static_cast<int>(std::floor(std::log10(size)));
  double mantissa = value / std::pow(10., exponent);
  if (std::abs(mantissa) > 9.9995)
  {
    mantissa /= 10;
    ++exponent;
  }
  const std::string factor = formatted("%.4g", mantissa);
  if (factor == "1" || factor == "-1")
    return (factor == "1" ? "" : "−") + power_of_ten(exponent);
  return with_true_minus(factor) + "×" + power_of_ten(exponent);
}
} // namespace lowland
