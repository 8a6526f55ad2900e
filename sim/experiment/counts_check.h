#pragma once
#include "sim/experiment/loaded_model.h"
#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// Holds the functional counts of the timed workload against the timing executor's. Throws InternalError when they
/// differ.
CountsCheck compare_executors(const Program& program, const Counts& functional, const Counts& timing);

/// Plays the timed workload with numbers and compares what both executors counted: MVMs, DAC and ADC conversions,
/// affine operations, partial sums, KV bytes, per operator and phase.
/// builds: null without weights.
CountsCheck check_counts(const ExperimentSpec& spec, const LoadedModel& loaded, SharedBuilds* builds,
                         const DeploymentSpec& deployment, const RunResult& result);

}  // namespace aimc::sim
