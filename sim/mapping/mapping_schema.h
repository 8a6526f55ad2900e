#pragma once
#include "base/config/schema.h"
#include "sim/mapping/mapping_spec.h"

namespace aimc::sim {

/// Keys of the section `mapping` of an experiment; refuses keys that the chosen strategy does not use.
const config::Schema<MappingSpec>& mapping_schema();

}  // namespace aimc::sim
