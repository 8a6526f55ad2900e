#pragma once
#include <string>

#include "base/units/dimension.h"

namespace aimc {
namespace units {

/// The value (in SI) with four significant digits, an SI prefix and the dimension's first unit: "13.43 nJ".
[[nodiscard]] std::string format(double si, const Dimension& dimension);

/// The shortest text that units::parse reads back as the same double: "130 ns", "30.517578125 us".
[[nodiscard]] std::string format_exactly(double si, const Dimension& dimension);

[[nodiscard]] constexpr double to_si(Time time) { return time.seconds(); }
[[nodiscard]] constexpr double to_si(DataSize size) { return static_cast<double>(size.bytes()); }
template <class Tag>
[[nodiscard]] constexpr double to_si(Quantity<Tag> quantity) {
  return quantity.si();
}

}  // namespace units

/// A quantity for people: four significant digits and a prefix, "1.016 ms", "0.634 mm2", "16 KiB".
template <class Q>
[[nodiscard]] std::string format_quantity(Q quantity) {
  return units::format(units::to_si(quantity), units::dimension_of<Q>());
}

}  // namespace aimc
