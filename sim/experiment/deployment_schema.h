#pragma once
#include "base/config/schema.h"
#include "sim/experiment/experiment_spec.h"

namespace aimc::sim {

/// The keys of one deployment of an experiment file.
[[nodiscard]] config::Schema<DeploymentSpec> deployment_schema();

}  // namespace aimc::sim
