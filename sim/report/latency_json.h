#pragma once
#include <nlohmann/json_fwd.hpp>

#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// The object "latency" of summary.json (docs/summary.md); null when nothing was timed.
[[nodiscard]] nlohmann::ordered_json latency_json(const RunResult& result);

}  // namespace aimc::sim
