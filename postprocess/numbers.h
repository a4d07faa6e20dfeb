// Numbers as words: for messages (plain ASCII) and for pictures (true minus and powers of ten).
#pragma once

#include <string>

namespace lowland
{
/// Six significant digits at most, ASCII.
std::string plain_number(double value);
/// For a picture: "0.02", "−3", "2×10⁵", "10⁻⁸". At most four significant digits.
std::string pretty_number(double value);
/// The same with three significant digits.
std::string rounded_number(double value);
/// "10⁻⁸".
std::string power_of_ten(int exponent);
} // namespace lowland
