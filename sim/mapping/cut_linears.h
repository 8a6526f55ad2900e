#pragma once
#include <map>

#include "sim/mapping/mapper.h"
#include "sim/mapping/placement.h"

namespace aimc::sim {

/// Cuts every analog linear into balanced row and column tiles, copies[linear] times over (once if it is not named);
/// the shards have no tile yet. Throws ConfigError where the hardware has nothing that computes a linear.
Placement cut_linears(const workloads::Graph& graph, const HardwareSpec& hardware, const UnitChooser& unit_of,
                      const std::map<NodeId, std::uint32_t>& copies);

/// Arrays that one copy of a linear takes.
[[nodiscard]] std::int64_t arrays_needed(const workloads::LinearOp& linear, const tiles::TileSpec& tile);

}  // namespace aimc::sim
