#pragma once
#include "base/config/schema.h"
#include "sim/experiment/workload_spec.h"

namespace aimc::sim {

/// The keys of `workload` in an experiment file.
const config::Schema<WorkloadSpec>& workload_schema();

/// What holds across keys: keys without effect beside others, the rate and the trace that arrivals need. Reads the
/// trace into spec.arrivals.requests. `workload`: the section as written, or a null node.
void resolve_workload(const config::Node& workload, WorkloadSpec& spec, config::Diagnostics& diagnostics);

}  // namespace aimc::sim
