#pragma once
#include <span>
#include <string_view>

#include "base/units/quantity.h"

namespace aimc::units {

/// How one unit of a dimension is written.
struct Unit {
  std::string_view symbol;     ///< "J", "mm2", "J/bit"
  double factor = 1;           ///< what one unit is in SI, besides the power of ten
  int power_of_ten = 0;        ///< kept apart from the factor, so that "130 ns" reads as exactly the double 130e-9
  bool si_prefixes = false;    ///< may be written with f p n u m k M G T in front
  bool size_prefixes = false;  ///< may be written with Ki Mi Gi Ti in front
};

/// A physical dimension: its name, an example for messages, and the units it may be written in; units[0] is printed.
struct Dimension {
  std::string_view name;
  std::string_view example;
  std::span<const Unit> units;
};

/// The dimension of a quantity type; defined for every type of base/units/quantity.h.
template <class Q>
const Dimension& dimension_of();

template <>
const Dimension& dimension_of<Time>();
template <>
const Dimension& dimension_of<Duration>();
template <>
const Dimension& dimension_of<Energy>();
template <>
const Dimension& dimension_of<Power>();
template <>
const Dimension& dimension_of<Area>();
template <>
const Dimension& dimension_of<Frequency>();
template <>
const Dimension& dimension_of<Bandwidth>();
template <>
const Dimension& dimension_of<Conductance>();
template <>
const Dimension& dimension_of<Voltage>();
template <>
const Dimension& dimension_of<Length>();
template <>
const Dimension& dimension_of<EnergyPerBit>();
template <>
const Dimension& dimension_of<PowerPerArea>();
template <>
const Dimension& dimension_of<DataSize>();

}  // namespace aimc::units
