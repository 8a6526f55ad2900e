#pragma once
#include <filesystem>
#include <vector>

#include "base/config/diagnostics.h"
#include "sim/timing/workload.h"

namespace aimc::sim {

/// Requests of a CSV file whose header is arrival_s,prompt_tokens,new_tokens: seconds from the start of the run, not
/// descending, and token counts above zero. Every mistake goes to the diagnostics with the file's line.
std::vector<Request> read_arrival_trace(const std::filesystem::path& file, config::Diagnostics& diagnostics);

}  // namespace aimc::sim
