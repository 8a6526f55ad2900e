#pragma once
#include <nlohmann/json_fwd.hpp>

#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// The object "energy" of summary.json (docs/summary.md); null when nothing was timed.
[[nodiscard]] nlohmann::ordered_json energy_json(const RunResult& result);

}  // namespace aimc::sim
