#include "sim/mapping/place_shards.h"

#include <fmt/format.h>

#include <optional>
#include <variant>

#include "base/check/error.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

using workloads::LinearOp;
using workloads::Node;

std::int64_t ceil_divide(std::int64_t numerator, std::int64_t denominator) {
  return (numerator + denominator - 1) / denominator;
}

LinearPlacement split(const Node& node, LinearUnit unit, const tiles::TileSpec& tile, ShardId first_shard) {
  const auto& op = std::get<LinearOp>(node.op);
  const bool analog = unit == LinearUnit::analog;
  LinearPlacement placement;
  placement.linear = node.id;
  placement.unit = unit;
  placement.row_tiles = tiles::balanced_split(op.in_features, analog ? tile.rows : 0);
  placement.column_tiles = tiles::balanced_split(op.out_features, analog ? outputs_per_array(tile) : 0);
  placement.first_shard = first_shard;
  if (analog)
    placement.shard_count = static_cast<std::uint32_t>(placement.row_tiles.size() * placement.column_tiles.size());
  return placement;
}

/// Row tile by row tile; tiles are given later, when the number of chips is known.
void append_shards(const LinearPlacement& placement, std::vector<Shard>& shards) {
  Index row_begin = 0;
  for (std::uint32_t row = 0; row < placement.row_tiles.size(); ++row) {
    Index column_begin = 0;
    for (std::uint32_t column = 0; column < placement.column_tiles.size(); ++column) {
      Shard shard;
      shard.id = static_cast<ShardId>(shards.size());
      shard.linear = placement.linear;
      shard.row_tile = row;
      shard.column_tile = column;
      shard.row_begin = row_begin;
      shard.rows = placement.row_tiles[row];
      shard.column_begin = column_begin;
      shard.columns = placement.column_tiles[column];
      shards.push_back(shard);
      column_begin += shard.columns;
    }
    row_begin += placement.row_tiles[row];
  }
}

std::uint32_t choose_chips(std::int64_t arrays, const HardwareSpec& hardware, const std::string& model) {
  const ChipSpec& chip = hardware.chip;
  const std::int64_t per_chip = chip.tiles * hardware.tile.tiers;
  const std::int64_t needed = arrays == 0 ? 1 : std::max<std::int64_t>(1, ceil_divide(arrays, per_chip));
  if (chip.chips == 0) return static_cast<std::uint32_t>(needed);
  if (needed > chip.chips)
    throw ConfigError(fmt::format(
        "model {} does not fit the hardware {}: it needs {} arrays of {} x {}, and {} chip(s) of {} tiles with {} "
        "tier(s) "
        "have {}. It would take {} chips (hardware.chip.chips: {}, or 0 for as many as needed) or {} tiers "
        "(hardware.tile.tiers), or larger arrays.",
        model, hardware.name, arrays, hardware.tile.rows, hardware.tile.columns, chip.chips, chip.tiles,
        hardware.tile.tiers, per_chip * chip.chips, needed, needed, ceil_divide(arrays, chip.tiles * chip.chips)));
  return static_cast<std::uint32_t>(chip.chips);
}

void fill_tiles(std::vector<Shard>& shards, std::uint32_t chips, std::int64_t tiles_per_chip) {
  const std::int64_t tiles = chips * tiles_per_chip;
  for (Shard& shard : shards) {
    const std::int64_t tile = shard.id % tiles;
    shard.tile = {Component::crossbar_tile, static_cast<std::uint32_t>(tile / tiles_per_chip),
                  static_cast<std::uint32_t>(tile % tiles_per_chip)};
    shard.tier = static_cast<std::uint32_t>(shard.id / tiles);
  }
}

/// A group without crossbars stays where the group before it is.
std::vector<std::uint32_t> find_home_chips(const std::vector<Shard>& shards, const LayerGroups& groups) {
  std::vector<std::optional<std::uint32_t>> first(groups.count);
  for (const Shard& shard : shards)
    if (auto& chip = first[groups.group[shard.linear]]; !chip) chip = shard.tile.chip;
  std::vector<std::uint32_t> home;
  std::uint32_t current = 0;
  for (const auto& chip : first) home.push_back(current = chip.value_or(current));
  return home;
}

}  // namespace

Placement place_shards(const workloads::Graph& graph, const LayerGroups& groups, const HardwareSpec& hardware,
                       const UnitChooser& unit_of) {
  Placement placement;
  for (const Node& node : graph.nodes) {
    if (!std::holds_alternative<LinearOp>(node.op)) continue;
    const LinearUnit unit = unit_of(node);
    if (unit == LinearUnit::analog && hardware.chip.tiles == 0)
      throw ConfigError(
          fmt::format("{} is to run on crossbars, but {} has none (hardware.chip.tiles: 0): choose digital for it",
                      node.name, hardware.name));
    placement.linears.push_back(split(node, unit, hardware.tile, static_cast<ShardId>(placement.shards.size())));
    if (unit == LinearUnit::analog) append_shards(placement.linears.back(), placement.shards);
    if (unit == LinearUnit::digital && hardware.digital.macs_per_cycle == 0)
      throw ConfigError(
          fmt::format("{} is to run on a digital unit, but the digital units of {} cannot multiply matrices: set "
                      "hardware.digital.macs_per_cycle above 0, or choose analog for it",
                      node.name, hardware.name));
  }
  placement.chips = choose_chips(std::ssize(placement.shards), hardware, graph.model_name);
  fill_tiles(placement.shards, placement.chips, hardware.chip.tiles);
  placement.home_chip = find_home_chips(placement.shards, groups);
  return placement;
}

}  // namespace aimc::sim
