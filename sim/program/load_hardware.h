#pragma once
#include "base/config/node.h"
#include "base/config/schema.h"
#include "sim/program/hardware_spec.h"

namespace aimc::sim {

/// The keys of a hardware file (configs/hardware/*.yaml), all of them with name, unit, range and a sentence.
const config::Schema<HardwareSpec>& hardware_schema();

}  // namespace aimc::sim
