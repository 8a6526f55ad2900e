#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace aimc::units {

/// How many leading characters of the text form a decimal number: sign, digits, fraction, exponent; no hexadecimal,
/// infinity or NaN. 0 when it starts with none. An "e" that no digits follow is not part of it.
[[nodiscard]] std::size_t decimal_length(std::string_view text);

/// The double nearest to number x 10^power_of_ten, rounded once; nothing when it overflows. Underflow gives 0.
/// The number must be one by decimal_length.
[[nodiscard]] std::optional<double> decimal_value(std::string_view number, int power_of_ten = 0);

}  // namespace aimc::units
