#pragma once
#include <string>

#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// Where the time of the first request went, by resource: what served it, what it waited for, and what would help most,
/// for a terminal of 80 columns. Empty where the path was not recorded.
[[nodiscard]] std::string time_attribution(const TimingResult& timing);

/// The path of the first token and of all decode passes as CSV, one row a resource.
[[nodiscard]] std::string critical_path_csv(const TimingResult& timing);

/// Resources by the bound they set, the one that would help most first; those that could not shorten the span by half
/// a per cent are left out.
[[nodiscard]] std::vector<ResourceTime> by_help(const PathResources& path);

}  // namespace aimc::sim
