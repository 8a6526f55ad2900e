#pragma once
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/units/dimension.h"
#include "base/units/format.h"
#include "base/units/parse.h"

namespace aimc::config {

/// A configured scalar without its C++ type: quantities in SI, enums as integers, paths as text.
using Value = std::variant<bool, std::int64_t, std::uint64_t, double, std::string>;

/// What may be written for a key, without its C++ type.
struct ValueType {
  enum class Kind { boolean, integer, unsigned_integer, real, text, path, choice, quantity };
  Kind kind = Kind::text;
  const units::Dimension* dimension = nullptr;                ///< kind == quantity
  std::vector<std::pair<std::string, std::int64_t>> choices;  ///< kind == choice
  std::optional<double> lowest;                               ///< smallest value allowed, in SI
  std::optional<double> highest;                              ///< largest value allowed, in SI
  bool positive = false;                                      ///< must be above zero
  bool whole = false;                                         ///< a quantity of whole units (bytes)
};

template <class V>
concept ConfiguredQuantity =
    requires { units::dimension_of<V>(); } && !std::integral<V> && !std::floating_point<V> && !std::is_enum_v<V> &&
    !std::same_as<V, std::string> && !std::same_as<V, std::filesystem::path>;

/// How a C++ type is written in a configuration file.
template <class V>
ValueType value_type() {
  using Kind = ValueType::Kind;
  if constexpr (std::same_as<V, bool>) {
    return {.kind = Kind::boolean};
  } else if constexpr (std::is_enum_v<V>) {
    return {.kind = Kind::choice};
  } else if constexpr (std::unsigned_integral<V>) {
    return {.kind = Kind::unsigned_integer, .lowest = 0, .highest = static_cast<double>(std::numeric_limits<V>::max())};
  } else if constexpr (std::integral<V>) {
    return {.kind = Kind::integer,
            .lowest = static_cast<double>(std::numeric_limits<V>::min()),
            .highest = static_cast<double>(std::numeric_limits<V>::max())};
  } else if constexpr (std::floating_point<V>) {
    return {.kind = Kind::real};
  } else if constexpr (std::same_as<V, std::string>) {
    return {.kind = Kind::text};
  } else if constexpr (std::same_as<V, std::filesystem::path>) {
    return {.kind = Kind::path};
  } else {
    static_assert(ConfiguredQuantity<V>, "this type cannot be a configuration key");
    ValueType type{.kind = Kind::quantity, .dimension = &units::dimension_of<V>()};
    // Only a voltage is ever negative; other quantities would need range() to say so.
    if constexpr (!std::same_as<V, Voltage>) type.lowest = 0;
    type.whole = std::same_as<V, DataSize>;
    return type;
  }
}

template <class V>
Value to_value(const V& v) {
  if constexpr (std::same_as<V, bool> || std::same_as<V, std::string>) {
    return v;
  } else if constexpr (std::is_enum_v<V> || std::signed_integral<V>) {
    return static_cast<std::int64_t>(v);
  } else if constexpr (std::unsigned_integral<V>) {
    return static_cast<std::uint64_t>(v);
  } else if constexpr (std::floating_point<V>) {
    return static_cast<double>(v);
  } else if constexpr (std::same_as<V, std::filesystem::path>) {
    return v.string();
  } else {
    return units::to_si(v);
  }
}

template <class V>
V from_value(const Value& value) {
  if constexpr (std::same_as<V, bool>) {
    return std::get<bool>(value);
  } else if constexpr (std::is_enum_v<V> || std::signed_integral<V>) {
    return static_cast<V>(std::get<std::int64_t>(value));
  } else if constexpr (std::unsigned_integral<V>) {
    return static_cast<V>(std::get<std::uint64_t>(value));
  } else if constexpr (std::floating_point<V>) {
    return static_cast<V>(std::get<double>(value));
  } else if constexpr (std::same_as<V, std::string> || std::same_as<V, std::filesystem::path>) {
    return V(std::get<std::string>(value));
  } else if constexpr (std::same_as<V, Time>) {
    return units::time_from_seconds(std::get<double>(value));
  } else if constexpr (std::same_as<V, DataSize>) {
    return units::data_size_from_bytes(std::get<double>(value));
  } else {
    return V(std::get<double>(value));
  }
}

/// The number that ranges compare; 0 for text.
[[nodiscard]] double as_number(const Value& value);

}  // namespace aimc::config
