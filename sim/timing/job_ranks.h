#pragma once
#include "base/counts/counts.h"
#include "sim/timing/workload.h"
#include "tiles/sc/job.h"

namespace aimc::sim {

/// The rank of a token's jobs at the units.
[[nodiscard]] tiles::JobRank rank_of(Priority priority, Phase phase);

/// Whether units look at ranks at all: tokens of one request are never in both phases at once, so that there is nothing
/// to prefer.
[[nodiscard]] tiles::JobOrder order_of(const InferenceWorkload& workload);

}  // namespace aimc::sim
