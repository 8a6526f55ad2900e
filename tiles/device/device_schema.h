#pragma once
#include "base/config/schema.h"
#include "tiles/device/device_spec.h"

namespace aimc::tiles {

/// The keys of a device file (configs/devices/*.yaml).
const config::Schema<DeviceSpec>& device_schema();

/// The keys of a curve, for the sections of the hooks.
const config::Schema<CurveSpec>& curve_schema();

}  // namespace aimc::tiles
