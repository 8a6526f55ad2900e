#include "base/units/parse.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "base/check/error.h"
#include "base/units/decimal.h"
#include "base/units/prefix.h"

namespace aimc::units {
namespace {

/// What one written unit is worth: factor x 10^power_of_ten.
struct Scale {
  double factor = 1;
  int power_of_ten = 0;
};

std::optional<Scale> size_scale(std::string_view prefix) {
  if (prefix.size() != 2 || prefix[1] != 'i') return std::nullopt;
  constexpr std::string_view letters = "KMGT";
  const auto power = letters.find(prefix[0]);
  if (power == std::string_view::npos) return std::nullopt;
  return Scale{.factor = std::exp2(10.0 * static_cast<double>(power + 1))};
}

std::optional<Scale> scale_of(std::string_view written, const Dimension& dimension) {
  // Whole symbols first: "min" is not milli-"in", "mm2" not milli-"m2".
  for (const Unit& unit : dimension.units) {
    if (written == unit.symbol) return Scale{unit.factor, unit.power_of_ten};
  }
  for (const Unit& unit : dimension.units) {
    if (!written.ends_with(unit.symbol)) continue;
    const std::string_view prefix = written.substr(0, written.size() - unit.symbol.size());
    if (unit.si_prefixes) {
      if (const auto power = si_prefix_power(prefix)) return Scale{unit.factor, unit.power_of_ten + *power};
    }
    if (unit.size_prefixes) {
      if (const auto size = size_scale(prefix)) return Scale{unit.factor * size->factor, unit.power_of_ten};
    }
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

[[noreturn]] void refuse(std::string_view text, const Dimension& dimension, const std::string& problem) {
  throw ConfigError(
      fmt::format("'{}' {}; expected {} {} with a unit, such as \"{}\"", text, problem,
                  std::string_view("aeiou").find(dimension.name[0]) == std::string_view::npos ? "a" : "an",
                  dimension.name, dimension.example));
}

}  // namespace

double parse(std::string_view text, const Dimension& dimension) {
  const std::string_view body = trimmed(text);
  const std::size_t digits = decimal_length(body);
  if (digits == 0) refuse(text, dimension, "is not a number");
  const std::string_view unit = trimmed(body.substr(digits));
  if (unit.empty()) refuse(text, dimension, "has no unit");
  const auto scale = scale_of(unit, dimension);
  if (!scale) refuse(text, dimension, fmt::format("has the unknown unit '{}'", unit));
  const auto value = decimal_value(body.substr(0, digits), scale->power_of_ten);
  if (!value) refuse(text, dimension, "is out of range");
  return *value * scale->factor;
}

Time time_from_seconds(double seconds) {
  constexpr double limit = 9.2e6;  // 2^63 ps is 9.22e6 s
  if (!(std::abs(seconds) < limit)) {
    throw ConfigError(fmt::format("{} s is beyond the 106 days that simulated time can hold", seconds));
  }
  return Time::from_seconds(seconds);
}

DataSize data_size_from_bytes(double bytes) {
  if (bytes != std::floor(bytes)) throw ConfigError(fmt::format("{} B is not a whole number of bytes", bytes));
  if (std::abs(bytes) > 0x1p53) throw ConfigError(fmt::format("{} B is too large", bytes));
  return DataSize(static_cast<std::int64_t>(bytes));
}

}  // namespace aimc::units
