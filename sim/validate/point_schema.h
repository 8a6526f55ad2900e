#pragma once
#include "base/config/schema.h"
#include "sim/validate/point.h"

namespace aimc::sim {

/// The keys of a file in configs/validation.
const config::Schema<ValidationFile>& validation_schema();

}  // namespace aimc::sim
