#pragma once
#include <string>

#include "sim/experiment/attribution.h"

namespace aimc::sim {

/// What each non-ideality costs, for a terminal of 80 columns; the last sentence says where to spend.
[[nodiscard]] std::string attribution_table(const ExperimentSpec& spec, const AttributionResult& result);
/// The same as JSON (docs/attribution.md).
[[nodiscard]] std::string attribution_json(const ExperimentSpec& spec, const AttributionResult& result);
/// One row an effect.
[[nodiscard]] std::string attribution_csv(const AttributionResult& result);

}  // namespace aimc::sim
