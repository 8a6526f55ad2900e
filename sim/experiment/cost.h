#pragma once
#include "sim/experiment/run_result.h"
#include "sim/mapping/kv_capacity.h"

namespace aimc::sim {

/// What the KV caches have to hold for a workload: its sequences in flight, each as long as the longest (the last new
/// token is never written).
KvDemand kv_demand(const InferenceWorkload& workload);

/// Plays the program in time and prices what it counted. One call per process (SystemC elaborates once).
CostResult simulate_cost(const ExperimentSpec& spec, const DeploymentSpec& deployment, const Program& program,
                         const InferenceWorkload& workload, const TimingOptions& options = {});

/// Busy time, units and wake-ups of each component over all chips, as the ledger takes them.
std::vector<ComponentTime> component_times(const TimingResult& timing);

/// Adds what bound management repeated to the counts of the cost and prices them again; its time is in the latency
/// already (TimingOptions::repeats).
void add_repeated(const ExperimentSpec& spec, const Program& program, const Counts& repeated, CostResult& cost);

/// How the program's arrays are used.
MappingSummary summarise_mapping(const Program& program);

}  // namespace aimc::sim
