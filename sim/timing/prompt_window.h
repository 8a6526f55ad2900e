#pragma once
#include <cstdint>

#include "sim/timing/playbook.h"
#include "sim/timing/workload.h"

namespace aimc::sim {

/// Prompt tokens that may be on their way at the same time: what the simulation's own memory allows (about 1 GB of
/// counters, see Passes), but a whole prompt where steps wait for all of its tokens; never more than the buffers of the
/// hardware hold. More prompt tokens begin as earlier ones end. Throws ConfigError when a buffer is too small.
[[nodiscard]] std::int64_t prompt_window(const Program& program, const Playbook& book,
                                         const InferenceWorkload& workload);

}  // namespace aimc::sim
