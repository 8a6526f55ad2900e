#pragma once
#include "sim/experiment/loaded_model.h"
#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// Holds the functional counts of the timed workload against the timing executor's. Throws InternalError when they
/// differ.
CountsCheck compare_executors(const Program& program, const Counts& functional, const Counts& timing);

/// What the functional executor counted for the timed workload, or why it did not play it.
struct WorkloadCounts {
  std::string not_counted;  ///< reason; empty when counted
  Counts counts;            ///< retries of bound management among them
};

/// Plays the timed workload with numbers: MVMs, DAC and ADC conversions, affine operations, partial sums, KV bytes, per
/// operator and phase. builds: null without weights.
WorkloadCounts count_workload(const ExperimentSpec& spec, const LoadedModel& loaded, SharedBuilds* builds,
                              const DeploymentSpec& deployment, const Program& program,
                              const InferenceWorkload& workload);

}  // namespace aimc::sim
