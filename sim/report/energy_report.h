#pragma once
#include <string>

#include "sim/experiment/run_result.h"

namespace aimc::sim {

/// The energy part of a run's report for a terminal of 80 columns: idle policies, the band that the constants'
/// uncertainty gives, what the energy is made of and rests on, and what writing the weights takes.
[[nodiscard]] std::string energy_report(const RunResult& result);

}  // namespace aimc::sim
