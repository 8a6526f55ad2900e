#include "base/units/prefix.h"

#include <array>

#include "base/check/check.h"

namespace aimc::units {
namespace {
constexpr int lowest_power = -15;
constexpr std::array<std::string_view, 10> prefixes = {"f", "p", "n", "u", "m", "", "k", "M", "G", "T"};
}  // namespace

std::optional<int> si_prefix_power(std::string_view prefix) {
  if (prefix == "\u00b5" || prefix == "\u03bc") prefix = "u";  // micro sign, Greek mu
  if (prefix.empty()) return std::nullopt;
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    if (prefixes.at(i) == prefix) return lowest_power + 3 * static_cast<int>(i);
  }
  return std::nullopt;
}

std::string_view si_prefix(int power_of_ten) {
  const int index = (power_of_ten - lowest_power) / 3;
  AIMC_CHECK(power_of_ten % 3 == 0 && index >= 0 && index < static_cast<int>(prefixes.size()), "10^{}", power_of_ten);
  return prefixes.at(static_cast<std::size_t>(index));
}

}  // namespace aimc::units
