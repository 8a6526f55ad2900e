#pragma once
#include <optional>
#include <string_view>

namespace aimc::config {

/// How far the true value may lie from the stated one: between low x value and high x value (low <= 1 <= high).
struct Uncertainty {
  double low = 1, high = 1;
  bool operator==(const Uncertainty&) const = default;
};

/// "30 %": value x (1 - 0.3) to value x (1 + 0.3), never below zero; "x2": from half the value to twice the value.
/// Nothing for any other text.
[[nodiscard]] std::optional<Uncertainty> parse_uncertainty(std::string_view text);

/// What a message says that parse_uncertainty reads.
inline constexpr std::string_view uncertainty_forms = "a share (30 %) or a factor (x2)";

}  // namespace aimc::config
