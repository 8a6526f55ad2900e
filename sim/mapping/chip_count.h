#pragma once
#include <cstdint>
#include <string>

#include "sim/mapping/placement.h"

namespace aimc::sim {

/// Throws ConfigError when a model that takes `chips` chips does not fit the given ones (hardware.chip.chips), saying
/// what it would take; `arrays`: those of all shards.
void check_it_fits(std::int64_t arrays, std::int64_t chips, const HardwareSpec& hardware, const std::string& model);

/// Chips for that many arrays laid without gaps: the given number, or as many as needed. Throws as check_it_fits.
[[nodiscard]] std::uint32_t chips_for(std::int64_t arrays, const HardwareSpec& hardware, const std::string& model);

/// Throws ConfigError when chips are given that hold no weights and do no layer's work.
void refuse_idle_chips(const Placement& placement, const HardwareSpec& hardware);

}  // namespace aimc::sim
