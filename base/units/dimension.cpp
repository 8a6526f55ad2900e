#include "base/units/dimension.h"

#include <array>

namespace aimc::units {
namespace {

constexpr std::array time_units = {
    Unit{.symbol = "s", .si_prefixes = true}, Unit{.symbol = "min", .factor = 60},
    Unit{.symbol = "h", .factor = 3600},      Unit{.symbol = "day", .factor = 86400},
    Unit{.symbol = "days", .factor = 86400},
};
// A year is 365 days, as in the drift literature.
constexpr std::array duration_units = {
    Unit{.symbol = "s", .si_prefixes = true},    Unit{.symbol = "min", .factor = 60},
    Unit{.symbol = "h", .factor = 3600},         Unit{.symbol = "day", .factor = 86400},
    Unit{.symbol = "days", .factor = 86400},     Unit{.symbol = "year", .factor = 31536000},
    Unit{.symbol = "years", .factor = 31536000},
};
constexpr std::array energy_units = {Unit{.symbol = "J", .si_prefixes = true}};
constexpr std::array power_units = {Unit{.symbol = "W", .si_prefixes = true}};
constexpr std::array area_units = {
    Unit{.symbol = "mm2", .power_of_ten = -6},
    Unit{.symbol = "um2", .power_of_ten = -12},
    Unit{.symbol = "nm2", .power_of_ten = -18},
    Unit{.symbol = "cm2", .power_of_ten = -4},
    Unit{.symbol = "m2"},
};
constexpr std::array frequency_units = {Unit{.symbol = "Hz", .si_prefixes = true}, Unit{.symbol = "/s"}};
constexpr std::array bandwidth_units = {
    Unit{.symbol = "B/s", .si_prefixes = true, .size_prefixes = true},
    Unit{.symbol = "bit/s", .factor = 0.125, .si_prefixes = true},
};
constexpr std::array conductance_units = {Unit{.symbol = "S", .si_prefixes = true}};
constexpr std::array voltage_units = {Unit{.symbol = "V", .si_prefixes = true}};
constexpr std::array length_units = {Unit{.symbol = "m", .si_prefixes = true},
                                     Unit{.symbol = "cm", .power_of_ten = -2}};
constexpr std::array energy_per_bit_units = {
    Unit{.symbol = "J/bit", .si_prefixes = true},
    Unit{.symbol = "J/B", .factor = 0.125, .si_prefixes = true},
};
constexpr std::array power_per_area_units = {
    Unit{.symbol = "W/mm2", .power_of_ten = 6, .si_prefixes = true},
    Unit{.symbol = "W/cm2", .power_of_ten = 4, .si_prefixes = true},
    Unit{.symbol = "W/m2", .si_prefixes = true},
};
constexpr std::array data_size_units = {Unit{.symbol = "B", .si_prefixes = true, .size_prefixes = true}};

}  // namespace

template <>
const Dimension& dimension_of<Time>() {
  static const Dimension dimension{"time", "130 ns", time_units};
  return dimension;
}
template <>
const Dimension& dimension_of<Duration>() {
  static const Dimension dimension{"duration", "1 day", duration_units};
  return dimension;
}
template <>
const Dimension& dimension_of<Energy>() {
  static const Dimension dimension{"energy", "12.5 nJ", energy_units};
  return dimension;
}
template <>
const Dimension& dimension_of<Power>() {
  static const Dimension dimension{"power", "150 mW", power_units};
  return dimension;
}
template <>
const Dimension& dimension_of<Area>() {
  static const Dimension dimension{"area", "0.634 mm2", area_units};
  return dimension;
}
template <>
const Dimension& dimension_of<Frequency>() {
  static const Dimension dimension{"frequency", "1.2 GHz", frequency_units};
  return dimension;
}
template <>
const Dimension& dimension_of<Bandwidth>() {
  static const Dimension dimension{"bandwidth", "68.3 GB/s", bandwidth_units};
  return dimension;
}
template <>
const Dimension& dimension_of<Conductance>() {
  static const Dimension dimension{"conductance", "20 uS", conductance_units};
  return dimension;
}
template <>
const Dimension& dimension_of<Voltage>() {
  static const Dimension dimension{"voltage", "0.8 V", voltage_units};
  return dimension;
}
template <>
const Dimension& dimension_of<Length>() {
  static const Dimension dimension{"length", "1 mm", length_units};
  return dimension;
}
template <>
const Dimension& dimension_of<EnergyPerBit>() {
  static const Dimension dimension{"energy per bit", "3.92 pJ/bit", energy_per_bit_units};
  return dimension;
}
template <>
const Dimension& dimension_of<PowerPerArea>() {
  static const Dimension dimension{"power per area", "50 mW/mm2", power_per_area_units};
  return dimension;
}
template <>
const Dimension& dimension_of<DataSize>() {
  static const Dimension dimension{"data size", "16 KiB", data_size_units};
  return dimension;
}

}  // namespace aimc::units
