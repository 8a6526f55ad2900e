#pragma once
#include <optional>

#include "sim/timing/decode_sampler.h"
#include "sim/timing/decode_windows.h"
#include "sim/timing/timing.h"

namespace aimc::sim {

/// A sampler for the decode tokens of a request that is alone and can do with some of them.
[[nodiscard]] std::optional<DecodeSampler> choose_sampling(const Program& program, const InferenceWorkload& workload,
                                                           const TimingOptions& options);

/// The same for several equal requests that are there at once and all in flight. None where all tokens must be
/// simulated: requests that come and go, or are not alike, meet differently all the time.
[[nodiscard]] std::optional<DecodeWindows> choose_windows(const Program& program, const InferenceWorkload& workload,
                                                          const TimingOptions& options);

}  // namespace aimc::sim
