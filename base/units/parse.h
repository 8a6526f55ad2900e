#pragma once
#include <string_view>

#include "base/units/dimension.h"

namespace aimc {
namespace units {

/// Reads "130 ns": a decimal number, blanks or none, and a unit of the dimension, SI prefixes f p n u m k M G T (Ki Mi
/// Gi Ti for bytes). Gives the value in SI. Throws ConfigError, which names the expected unit, for anything else.
[[nodiscard]] double parse(std::string_view text, const Dimension& dimension);

/// A value read by parse() as whole picoseconds; ConfigError beyond Time's range of 106 days.
[[nodiscard]] Time time_from_seconds(double seconds);
/// A value read by parse() as whole bytes; ConfigError for fractions and beyond 2^53.
[[nodiscard]] DataSize data_size_from_bytes(double bytes);

}  // namespace units

/// The quantity a text such as "34.1 pJ" or "68.3 GB/s" stands for; ConfigError when it is none of that dimension.
template <class Q>
[[nodiscard]] Q parse_quantity(std::string_view text) {
  return Q(units::parse(text, units::dimension_of<Q>()));
}
template <>
[[nodiscard]] inline Time parse_quantity<Time>(std::string_view text) {
  return units::time_from_seconds(units::parse(text, units::dimension_of<Time>()));
}
template <>
[[nodiscard]] inline DataSize parse_quantity<DataSize>(std::string_view text) {
  return units::data_size_from_bytes(units::parse(text, units::dimension_of<DataSize>()));
}

}  // namespace aimc
