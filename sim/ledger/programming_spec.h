#pragma once
#include <cstdint>

#include "base/units/quantity.h"

namespace aimc::sim {

/// Cells of an array that are written by one pulse.
enum class WriteGroup : std::uint8_t { cell, row, column };

/// Program-and-verify of the arrays: pulse, read back, repeat until the conductance is near enough.
struct ProgrammingSpec {
  int iterations = 1;  ///< pulses, each followed by a read, that a device needs on average
  Time pulse_time;
  Energy pulse_energy;  ///< of one pulse into one device
  WriteGroup at_once = WriteGroup::row;
  Power power_per_chip;  ///< arrays of a chip are written together as far as this goes; 0: all of them
  std::int64_t amortised_over_tokens = 0;  ///< tokens that the report spreads the energy over; 0: does not
};

}  // namespace aimc::sim
