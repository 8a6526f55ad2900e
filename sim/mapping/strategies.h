#pragma once
#include <map>
#include <string>

#include "sim/mapping/mapper.h"
#include "sim/mapping/placement.h"

namespace aimc::sim {

// Each strategy gives the shards of a placement their tiles, and layers their home chips. All throw ConfigError when
// the model does not fit hardware.chip.chips.

/// In the order of shards, over as many chips as needed, tier 0 of every tile on every chip before any tier 1. In
/// stacks one array is active at a time: so the shards of one linear work at the same time as far as there are tiles.
void place_in_order(Placement& placement, const LayerGroups& groups, const HardwareSpec& hardware,
                    const std::string& model);

/// For stacked arrays: as few chips as hold the widest stage (linears that read one vector) side by side form a pool;
/// each pool holds whole layers, laid like place_in_order within it. What works at the same time for a token shares a
/// stack no more often than with place_in_order, and layers do not stretch over all chips.
void place_tiers(Placement& placement, const LayerGroups& groups, const HardwareSpec& hardware,
                 const workloads::Graph& graph);

/// Chips are pipeline stages: contiguous layers on each, the largest stage as small as possible; a layer lies on one
/// chip when it fits one. Layers without crossbars are dealt evenly over given chips.
void place_pipeline(Placement& placement, const LayerGroups& groups, const HardwareSpec& hardware,
                    const std::string& model);

/// Copies of each linear for strategy replicate: while `spec.tile_budget` allows, one more of the linear with the
/// highest load, tokens x MVM period / copies (a pipeline is as fast as its slowest stage). Copies that would not make
/// the slowest faster are left out. Throws ConfigError when the budget does not hold one copy of everything, or with
/// stacked arrays.
std::map<NodeId, std::uint32_t> choose_copies(const workloads::Graph& graph, const LayerGroups& groups,
                                              const HardwareSpec& hardware, const UnitChooser& unit_of,
                                              const MappingSpec& spec);

}  // namespace aimc::sim
