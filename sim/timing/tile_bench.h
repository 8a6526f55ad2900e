#pragma once
#include "sim/program/hardware_spec.h"

namespace aimc::sim {

struct TileMeasurement {
  Time period;   ///< distance of a tile's results back to back, mean over the second half of the MVMs
  Time latency;  ///< from a vector's arrival at an idle tile to its last scaled partial sum
  Time busy;     ///< busy time of the tile over all MVMs
};

/// Runs full-array MVMs back to back through one crossbar tile in SystemC, `mvms` (>= 4) on each of its arrays, the
/// inputs always there, the results always sent (validation points V1, V2, V3, V10 of hardware.md). Takes the kernel of
/// this process: one call.
TileMeasurement measure_tile(const HardwareSpec& hardware, int mvms);

}  // namespace aimc::sim
