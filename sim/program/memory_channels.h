#pragma once
#include <cstdint>

#include "sim/program/hardware_spec.h"

namespace aimc::sim {

/// Memory channels of a package of `chips` chips: each chip has its own (per_chip), or all share one set (per_package).
/// Channels of a chip follow one another.
[[nodiscard]] std::uint32_t memory_channels(const HardwareSpec& hardware, std::uint32_t chips);

/// The channel that serves the index-th user of memory on a chip (a layer): users take the channels in turn.
[[nodiscard]] std::uint32_t channel_for(const HardwareSpec& hardware, std::uint32_t chip, std::uint32_t index);

/// Chip a channel belongs to; 0 for those of the package.
[[nodiscard]] std::uint32_t chip_of_channel(const HardwareSpec& hardware, std::uint32_t channel);

}  // namespace aimc::sim
