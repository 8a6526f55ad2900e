#pragma once
#include <string>

#include "sim/experiment/lifetime.h"

namespace aimc::sim {

/// Accuracy over time for a terminal of 80 columns: one row a time, one column a way of compensating.
[[nodiscard]] std::string lifetime_table(const ExperimentSpec& spec, const LifetimeResult& result);
/// The same as JSON (docs/attribution.md).
[[nodiscard]] std::string lifetime_json(const ExperimentSpec& spec, const LifetimeResult& result);
/// One row a time, compensation and noise seed.
[[nodiscard]] std::string lifetime_csv(const LifetimeResult& result);

}  // namespace aimc::sim
