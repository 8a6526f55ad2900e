#pragma once
#include <optional>
#include <string_view>

namespace aimc::units {

/// The power of ten of an SI prefix ("n" is -9), or nothing. The micro sign may be "u" or either Unicode form.
[[nodiscard]] std::optional<int> si_prefix_power(std::string_view prefix);

/// The prefix of a power of ten that is a multiple of 3 from -15 to 12; "" for 0.
[[nodiscard]] std::string_view si_prefix(int power_of_ten);

}  // namespace aimc::units
