#pragma once
#include <string>

#include "sim/experiment/break_even.h"

namespace aimc::sim {

/// A table for each metric and where the lines cross, for a terminal of 80 columns.
[[nodiscard]] std::string break_even_table(const ExperimentSpec& spec, const BreakEvenResult& result);
/// The same as JSON (docs/summary.md).
[[nodiscard]] std::string break_even_json(const ExperimentSpec& spec, const BreakEvenResult& result);
/// One row a point.
[[nodiscard]] std::string break_even_csv(const BreakEvenResult& result);

}  // namespace aimc::sim
