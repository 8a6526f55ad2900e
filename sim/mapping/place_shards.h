#pragma once
#include <cstdint>
#include <vector>

#include "sim/mapping/layer_groups.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {

/// Where the weights lie.
struct Placement {
  std::uint32_t chips = 1;
  std::vector<LinearPlacement> linears;  ///< in graph order
  std::vector<Shard> shards;
  std::vector<std::uint32_t> home_chip;  ///< [layer groups] chip of the group's first shard
};

/// Cuts every analog linear into balanced row and column tiles and fills the tiles of the chips in order. A tile with
/// several tiers computes with one at a time, so shards take tier 0 of every tile on every chip before any takes tier
/// 1: the shards of one linear then work at the same time as far as there are tiles. Throws ConfigError as map_in_order
/// does.
Placement place_shards(const workloads::Graph& graph, const LayerGroups& groups, const HardwareSpec& hardware,
                       const UnitChooser& unit_of);

}  // namespace aimc::sim
