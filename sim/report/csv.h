#pragma once
#include <string>
#include <utility>
#include <vector>

#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// The run's tables as CSV files (name, content), units in the headers; only those that apply.
std::vector<std::pair<std::string, std::string>> csv_files(const RunResult& result);

/// The placement as CSV: one row per shard.
std::string placement_csv(const Program& program);

}  // namespace aimc::sim
