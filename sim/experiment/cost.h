#pragma once
#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// Plays the program in time and prices what it counted. One call per process (SystemC elaborates once).
CostResult simulate_cost(const ExperimentSpec& spec, const DeploymentSpec& deployment, const Program& program,
                         const InferenceWorkload& workload);

/// Busy time, units and wake-ups of each component over all chips, as the ledger takes them.
std::vector<ComponentTime> component_times(const TimingResult& timing);

/// How the program's arrays are used.
MappingSummary summarise_mapping(const Program& program);

}  // namespace aimc::sim
