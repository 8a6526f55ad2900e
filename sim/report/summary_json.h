#pragma once
#include <string>

#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// The run as JSON (summary.json, schema in docs/summary.md): units in the names, SI, key order fixed. Byte-identical
/// for the same inputs and seed but for the object "run" (wall times, threads).
std::string summary_json(const RunResult& result);

}  // namespace aimc::sim
