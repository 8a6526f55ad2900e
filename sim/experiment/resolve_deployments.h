#pragma once
#include "base/config/diagnostics.h"
#include "base/config/node.h"
#include "sim/experiment/experiment_spec.h"

namespace aimc::sim {

/// Puts aliases, device files and sets of effects in their place and reports every contradiction: unknown devices, keys
/// that nothing would feel, two deployments of one name. While other keys are in error only names are checked.
void resolve_deployments(const config::Node& root, ExperimentSpec& spec, config::Diagnostics& diagnostics);

}  // namespace aimc::sim
