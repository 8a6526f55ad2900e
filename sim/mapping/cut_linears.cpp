#include "sim/mapping/cut_linears.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "base/check/error.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

using workloads::LinearOp;
using workloads::Node;

LinearPlacement split(const Node& node, const LinearOp& op, LinearUnit unit, const tiles::TileSpec& tile) {
  const bool analog = unit == LinearUnit::analog;
  LinearPlacement placement;
  placement.linear = node.id;
  placement.unit = unit;
  placement.row_tiles = tiles::balanced_split(op.in_features, analog ? tile.rows : 0);
  placement.column_tiles = tiles::balanced_split(op.out_features, analog ? outputs_per_array(tile) : 0);
  if (analog)
    placement.shard_count = static_cast<std::uint32_t>(placement.row_tiles.size() * placement.column_tiles.size());
  return placement;
}

/// Row tile by row tile.
void append_shards(const LinearPlacement& placement, std::uint32_t replica, std::vector<Shard>& shards) {
  Index row_begin = 0;
  for (std::uint32_t row = 0; row < placement.row_tiles.size(); ++row) {
    Index column_begin = 0;
    for (std::uint32_t column = 0; column < placement.column_tiles.size(); ++column) {
      Shard shard;
      shard.id = static_cast<ShardId>(shards.size());
      shard.linear = placement.linear;
      shard.replica = replica;
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

void check_hardware(const Node& node, LinearUnit unit, const HardwareSpec& hardware) {
  if (unit == LinearUnit::analog && hardware.chip.tiles == 0)
    throw ConfigError(
        fmt::format("{} is to run on crossbars, but {} has none (hardware.chip.tiles: 0): choose digital for it",
                    node.name, hardware.name));
  if (unit == LinearUnit::digital && hardware.digital.macs_per_cycle == 0)
    throw ConfigError(
        fmt::format("{} is to run on a digital unit, but the digital units of {} cannot multiply matrices: set "
                    "hardware.digital.macs_per_cycle above 0, or choose analog for it",
                    node.name, hardware.name));
}

/// The table [vocabulary, hidden] as a matrix whose inputs are the vocabulary, row tile by row tile.
void cut_embedding(const Node& node, const tiles::TileSpec& tile, Placement& placement) {
  LinearPlacement& table = placement.embedding.emplace(split(node, embedding_matrix(node), LinearUnit::analog, tile));
  append_shards(table, 0, placement.shards);
  for (Shard& shard : placement.shards) shard.replica = shard.row_tile;
  table.replicas = static_cast<std::uint32_t>(table.row_tiles.size());
  table.shard_count = static_cast<std::uint32_t>(table.column_tiles.size());
}

}  // namespace

LinearOp embedding_matrix(const Node& embed) {
  return {std::get<workloads::EmbedOp>(embed.op).vocabulary, embed.out_features};
}

bool embedding_in_tiles(const workloads::Graph& graph, const UnitChooser& unit_of, EmbeddingPlace wanted) {
  return wanted == EmbeddingPlace::tiles && std::ranges::any_of(graph.nodes, [&](const Node& node) {
           return std::holds_alternative<LinearOp>(node.op) && unit_of(node) == LinearUnit::analog;
         });
}

Placement cut_linears(const workloads::Graph& graph, const HardwareSpec& hardware, const UnitChooser& unit_of,
                      const std::map<NodeId, std::uint32_t>& copies, EmbeddingPlace embedding) {
  Placement placement;
  if (embedding_in_tiles(graph, unit_of, embedding)) cut_embedding(graph.nodes.front(), hardware.tile, placement);
  for (const Node& node : graph.nodes) {
    if (!std::holds_alternative<LinearOp>(node.op)) continue;
    const LinearUnit unit = unit_of(node);
    check_hardware(node, unit, hardware);
    LinearPlacement& linear =
        placement.linears.emplace_back(split(node, std::get<LinearOp>(node.op), unit, hardware.tile));
    linear.first_shard = static_cast<ShardId>(placement.shards.size());
    if (unit != LinearUnit::analog) continue;
    if (const auto several = copies.find(node.id); several != copies.end()) linear.replicas = several->second;
    for (std::uint32_t replica = 0; replica < linear.replicas; ++replica)
      append_shards(linear, replica, placement.shards);
  }
  return placement;
}

std::int64_t arrays_needed(const LinearOp& linear, const tiles::TileSpec& tile) {
  return std::ssize(tiles::balanced_split(linear.in_features, tile.rows)) *
         std::ssize(tiles::balanced_split(linear.out_features, outputs_per_array(tile)));
}

}  // namespace aimc::sim
