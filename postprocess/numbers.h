// Numbers as words: for messages (plain ASCII) and for pictures (true minus and powers of ten).
#pragma once

#include <string>
#include <vector>

namespace lowland
{
/// Six significant digits at most, ASCII.
std::string plain_number(double value);
/// For a picture: "0.02", "−3", "2×10⁵", "10⁻⁸". At most four significant digits.
std::string pretty_number(double value);
/// The same with three significant digits.
std::string rounded_number(double value);
/// The value below which a given share of the values lies; there is at least one.
double quantile(std::vector<double> values, double share);
/// "10⁻⁸".
std::string power_of_ten(int exponent);
} // namespace lowland
