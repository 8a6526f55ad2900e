#pragma once
#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// Plays the program in time and prices what it counted. One call per process (SystemC elaborates once).
CostResult simulate_cost(const ExperimentSpec& spec, const DeploymentSpec& deployment, const Program& program,
                         const InferenceWorkload& workload);

/// How the program's arrays are used.
MappingSummary summarise_mapping(const Program& program);

}  // namespace aimc::sim
