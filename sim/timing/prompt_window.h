#pragma once
#include <cstdint>

#include "sim/timing/playbook.h"
#include "sim/timing/workload.h"

namespace aimc::sim {

/// Prompt tokens that may be on their way at the same time: what the simulation's own memory allows (about 1 GB of
/// counters, see Passes), but a whole prompt where steps wait for all of its tokens. More prompt tokens begin as
/// earlier ones end.
[[nodiscard]] std::int64_t prompt_window(const Playbook& book, const InferenceWorkload& workload);

}  // namespace aimc::sim
