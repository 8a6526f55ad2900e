#pragma once
#include "base/random/stream.h"
#include "sim/experiment/workload_spec.h"
#include "sim/timing/timing.h"

namespace aimc::sim {

/// The requests a workload stands for, in order of arrival. `prompt_tokens`: length of each prompt (a trace has its
/// own). Poisson: the gaps are exponential, drawn from `key`; the first request is there at time 0.
[[nodiscard]] std::vector<Request> make_requests(const WorkloadSpec& spec, std::int64_t prompt_tokens,
                                                 const RandomKey& key);

/// The requests with what governs them.
[[nodiscard]] InferenceWorkload make_workload(const WorkloadSpec& spec, std::int64_t prompt_tokens,
                                              const RandomKey& key);

/// How exactly decode is simulated.
[[nodiscard]] TimingOptions timing_options(const WorkloadSpec& spec);

}  // namespace aimc::sim
