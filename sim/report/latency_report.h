#pragma once
#include <string>

#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// The latency part of a run's report for a terminal of 80 columns: the first request's times by stage and by resource,
/// all requests where there are several, how busy units and links were.
[[nodiscard]] std::string latency_report(const RunResult& result);

}  // namespace aimc::sim
