#include "base/units/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace aimc::units {
namespace {

std::size_t digits_from(std::string_view text, std::size_t start) {
  std::size_t end = start;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return end - start;
}

bool is_sign(std::string_view text, std::size_t at) { return at < text.size() && (text[at] == '+' || text[at] == '-'); }

}  // namespace

std::size_t decimal_length(std::string_view text) {
  std::size_t at = is_sign(text, 0) ? 1 : 0;
  const std::size_t whole = digits_from(text, at);
  at += whole;
  std::size_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    fraction = digits_from(text, at + 1);
    at += 1 + fraction;
  }
  if (whole + fraction == 0) return 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const std::size_t exponent = at + 1 + (is_sign(text, at + 1) ? 1 : 0);
    if (const std::size_t digits = digits_from(text, exponent); digits > 0) at = exponent + digits;
  }
  return at;
}

std::optional<double> decimal_value(std::string_view number, int power_of_ten) {
  std::string_view mantissa = number.substr(number.starts_with('+') ? 1 : 0);
  long exponent = power_of_ten;
  if (const auto e = mantissa.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view digits = mantissa.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    int written = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), written).ec != std::errc()) {
      written = digits.starts_with('-') ? -100000 : 100000;
    }
    exponent += std::clamp(written, -100000, 100000);
    mantissa = mantissa.substr(0, e);
  }
  // from_chars with the summed exponent rounds once; multiplying by 1e-9 afterwards would round twice.
  const std::string text = fmt::format("{}e{}", mantissa, exponent);
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc()) return value;
  const bool zero = mantissa.find_first_of("123456789") == std::string_view::npos;
  // result_out_of_range says both: the exponent tells underflow from overflow.
  if (zero || exponent < 0) return 0.0;
  return std::nullopt;
}

}  // namespace aimc::units
