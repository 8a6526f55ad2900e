#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/mapping/layer_groups.h"
#include "sim/program/program.h"

namespace aimc::sim {

/// The order in which a linear's shards take arrays: row tile by row tile, or column tile by column tile (so that
/// partial sums meet nearby, in a tile with several arrays mostly where they are made).
enum class LayingOrder : std::uint8_t { as_numbered, column_tiles };

/// Where the weights lie.
struct Placement {
  LayingOrder order = LayingOrder::as_numbered;
  std::uint32_t chips = 1;
  std::vector<LinearPlacement> linears;      ///< in graph order
  std::optional<LinearPlacement> embedding;  ///< in arrays; its shards come first
  std::vector<Shard> shards;
  std::vector<std::uint32_t> home_chip;  ///< [layer groups] chip of the group's digital and attention work
};

/// Arrays of one tile, and of one chip.
[[nodiscard]] std::int64_t arrays_of_tile(const HardwareSpec& hardware);
[[nodiscard]] std::int64_t arrays_of_chip(const HardwareSpec& hardware);

/// Lays the shards, in the order given, over chips [first_chip, first_chip + chips): tile after tile, chip after chip,
/// all arrays that work at the same time before the next tier.
void fill_tiles(std::span<Shard* const> shards, const HardwareSpec& hardware, std::uint32_t first_chip,
                std::uint32_t chips);

/// Lays the shards tile after tile from the `used`-th array of `first_chip` on, over the chips that follow; tiles with
/// one tier.
void fill_tiles_from(std::span<Shard* const> shards, const HardwareSpec& hardware, std::uint32_t first_chip,
                     std::int64_t used);

/// The shards in the placement's order.
[[nodiscard]] std::vector<Shard*> laying_order(Placement& placement);

/// Sets home_chip: the chip of the group's first shard (of a linear); a group without crossbars stays where the one
/// before it is.
void set_home_chips(Placement& placement, const LayerGroups& groups);

}  // namespace aimc::sim
