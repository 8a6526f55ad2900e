#include "base/config/uncertainty.h"

#include <algorithm>

#include "base/units/decimal.h"

namespace aimc::config {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<double> number(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || units::decimal_length(text) != text.size()) return std::nullopt;
  return units::decimal_value(text);
}

}  // namespace

std::optional<Uncertainty> parse_uncertainty(std::string_view text) {
  text = trimmed(text);
  if (text.ends_with('%')) {
    const auto percent = number(text.substr(0, text.size() - 1));
    if (!percent || *percent < 0) return std::nullopt;
    return Uncertainty{std::max(0.0, 1 - *percent / 100), 1 + *percent / 100};
  }
  if (!text.starts_with('x')) return std::nullopt;
  const auto factor = number(text.substr(1));
  if (!factor || *factor < 1) return std::nullopt;
  return Uncertainty{1 / *factor, *factor};
}

}  // namespace aimc::config
