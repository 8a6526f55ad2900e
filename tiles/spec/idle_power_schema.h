#pragma once
#include "base/config/schema.h"
#include "base/units/idle_power.h"

namespace aimc::tiles {

/// Keys of the section `idle` of a unit: what it draws without work.
const config::Schema<IdlePower>& idle_power_schema();

}  // namespace aimc::tiles
