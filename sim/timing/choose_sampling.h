#pragma once
#include <optional>

#include "sim/timing/decode_sampler.h"
#include "sim/timing/timing.h"

namespace aimc::sim {

/// A sampler for the decode tokens of a workload that can do with some of them, none where all must be simulated.
[[nodiscard]] std::optional<DecodeSampler> choose_sampling(const Program& program, const InferenceWorkload& workload,
                                                           const TimingOptions& options);

}  // namespace aimc::sim
