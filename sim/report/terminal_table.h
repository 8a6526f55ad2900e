#pragma once
#include <string>

#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// The run as text for a terminal of 80 columns: accuracy, latency, energy, area, and what they rest on.
std::string terminal_report(const RunResult& result);

/// The latency, energy and area parts alone (what `generate` prints after its text).
std::string cost_report(const RunResult& result);

}  // namespace aimc::sim
