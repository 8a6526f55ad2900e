#pragma once
#include "sim/program/program.h"

namespace aimc::sim {

/// The smallest Program with one packet of interest: an MVM, its outputs over `hops` links of the mesh, a second MVM
/// that takes them, a sampler. The packet is booked to node 0. Throws ConfigError where the mesh is not that wide.
[[nodiscard]] Program two_tiles(const HardwareSpec& hardware, std::int64_t hops, std::int64_t payload_bits);

}  // namespace aimc::sim
