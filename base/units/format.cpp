#include "base/units/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/units/parse.h"
#include "base/units/prefix.h"

namespace aimc::units {
namespace {

constexpr int significant_digits = 4;

std::string without_trailing_zeros(std::string digits) {
  if (digits.find('.') == std::string::npos) return digits;
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.ends_with('.')) digits.pop_back();
  return digits;
}

/// The decimal exponent of the value after rounding to four digits: 999.96 counts as 1000.
int rounded_exponent(double value) {
  const std::string text = fmt::format("{:.{}e}", value, significant_digits - 1);
  return std::atoi(text.c_str() + text.find('e') + 1);
}

std::string four_digits(double value) {
  const int decimals = std::max(0, significant_digits - 1 - rounded_exponent(value));
  return without_trailing_zeros(fmt::format("{:.{}f}", value, decimals));
}

int engineering_power(double value) {
  const int exponent = rounded_exponent(value);
  const int power = (exponent >= 0 ? exponent / 3 : -((2 - exponent) / 3)) * 3;
  return std::clamp(power, -15, 12);
}

/// 16384 -> "16 KiB": memories come in powers of two. Nothing for other sizes.
std::string binary_size(double bytes) {
  constexpr std::string_view prefixes = "KMGT";
  double value = bytes;
  std::size_t power = 0;
  while (power < prefixes.size() && value != 0 && std::fmod(value, 1024) == 0) {
    value /= 1024;
    ++power;
  }
  if (power == 0 || std::abs(value) >= 100000) return {};
  return fmt::format("{} {}iB", value, prefixes[power - 1]);
}

/// "um2" for areas under a thousandth of a square millimetre: prefixes of squares would mislead.
std::string area(double square_metres) {
  const double mm2 = square_metres * 1e6;
  if (mm2 != 0 && std::abs(mm2) < 1e-3) return four_digits(square_metres * 1e12) + " um2";
  return four_digits(mm2) + " mm2";
}

/// A finite double as sign, digits d1 d2 d3... and exponent: d1.d2d3... x 10^exponent.
struct ShortestDecimal {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

ShortestDecimal shortest_decimal(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), std::abs(value), std::chars_format::scientific);
  const std::string_view written(text.data(), static_cast<std::size_t>(end.ptr - text.data()));
  const auto e = written.find('e');
  ShortestDecimal number{.negative = value < 0, .digits = std::string(written.substr(0, e)), .exponent = 0};
  std::erase(number.digits, '.');
  number.exponent = std::atoi(written.data() + e + 1);
  return number;
}

/// The number x 10^power, written without rounding; units::parse undoes the power textually, so no bit is lost.
std::string shifted(const ShortestDecimal& number, int power) {
  const int point = number.exponent + power + 1;  // digits before the decimal point
  const auto count = static_cast<int>(number.digits.size());
  const std::string sign = number.negative ? "-" : "";
  if (point < -3 || point > 21) return fmt::format("{}0.{}e{}", sign, number.digits, point);
  if (point <= 0) return sign + "0." + std::string(static_cast<std::size_t>(-point), '0') + number.digits;
  if (point >= count) return sign + number.digits + std::string(static_cast<std::size_t>(point - count), '0');
  const auto split = static_cast<std::size_t>(point);
  return sign + number.digits.substr(0, split) + "." + number.digits.substr(split);
}

}  // namespace

std::string format(double si, const Dimension& dimension) {
  if (&dimension == &dimension_of<Area>()) return area(si);
  if (&dimension == &dimension_of<DataSize>()) {
    if (std::string text = binary_size(si); !text.empty()) return text;
    if (std::abs(si) < 1000) return fmt::format("{} B", si);
  }
  const Unit& unit = dimension.units[0];
  const double value = si / unit.factor / std::pow(10.0, unit.power_of_ten);
  if (value == 0 || !std::isfinite(value)) return fmt::format("{} {}", value, unit.symbol);
  const int power = engineering_power(value);
  return fmt::format("{} {}{}", four_digits(value / std::pow(10.0, power)), si_prefix(power), unit.symbol);
}

std::string format_exactly(double si, const Dimension& dimension) {
  if (std::string text = format(si, dimension); parse(text, dimension) == si) return text;
  const Unit& unit = dimension.units[0];
  const ShortestDecimal number = shortest_decimal(si);
  const int prefix = unit.si_prefixes ? engineering_power(si) : 0;
  return fmt::format("{} {}{}", shifted(number, -(prefix + unit.power_of_ten)), si_prefix(prefix), unit.symbol);
}

}  // namespace aimc::units
