#pragma once
#include "sim/program/hardware_spec.h"

namespace aimc::sim {

/// Distance of full-array MVMs of one tile, back to back.
Time measured_period(const HardwareSpec& hardware);

}  // namespace aimc::sim
