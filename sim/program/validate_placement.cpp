#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <variant>

#include "base/check/check.h"
#include "sim/program/validate.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

using workloads::EmbedOp;
using workloads::LinearOp;

/// Inputs and outputs of the matrix that a linear multiplies with, or that the embedding looks up in.
LinearOp matrix_of(const workloads::Node& node) {
  if (const auto* embed = std::get_if<EmbedOp>(&node.op)) return {embed->vocabulary, node.out_features};
  return std::get<LinearOp>(node.op);
}

struct Interval {
  Index begin = 0, size = 0;
  auto operator<=>(const Interval&) const = default;
};

/// Whether the intervals follow one another from 0 to `total` without gap or overlap.
bool partition(std::vector<Interval> intervals, Index total) {
  std::ranges::sort(intervals);
  Index covered = 0;
  for (const Interval& interval : intervals) {
    if (interval.begin != covered || interval.size <= 0) return false;
    covered += interval.size;
  }
  return covered == total;
}

/// The shards' rectangles cover the matrix once: their row intervals partition the inputs, and for each of them the
/// column intervals partition the outputs. Does not use the placement's own lists of tile sizes.
void check_cover(const workloads::Node& node, std::span<const Shard> shards) {
  const LinearOp op = matrix_of(node);
  std::map<Interval, std::vector<Interval>> columns_of_rows;
  for (const Shard& shard : shards) {
    AIMC_CHECK(shard.linear == node.id, "shard {} of node {} lies among those of {}", shard.id, shard.linear,
               node.name);
    columns_of_rows[{shard.row_begin, shard.rows}].push_back({shard.column_begin, shard.columns});
  }
  std::vector<Interval> rows;
  for (const auto& [interval, columns] : columns_of_rows) {
    rows.push_back(interval);
    AIMC_CHECK(partition(columns, op.out_features), "{}: rows [{}, +{}) do not hold every output once", node.name,
               interval.begin, interval.size);
  }
  AIMC_CHECK(partition(rows, op.in_features), "{}: the shards do not hold every input once", node.name);
}

/// Tile sizes of the placement agree with the features and with the shards, row tile by row tile.
void check_tile_sizes(const workloads::Node& node, const LinearPlacement& linear, std::span<const Shard> shards) {
  const LinearOp op = matrix_of(node);
  const auto sum = [](const std::vector<Index>& sizes) {
    return std::accumulate(sizes.begin(), sizes.end(), Index{0});
  };
  AIMC_CHECK(sum(linear.row_tiles) == op.in_features && sum(linear.column_tiles) == op.out_features,
             "{}: tile sizes do not add up to {} x {}", node.name, op.in_features, op.out_features);
  if (linear.unit != LinearUnit::analog) {
    AIMC_CHECK(linear.shard_count == 0, "{} is not analog but has shards", node.name);
    return;
  }
  AIMC_CHECK(linear.replicas >= 1, "{} has {} copies", node.name, linear.replicas);
  AIMC_CHECK(shards.size() == linear.row_tiles.size() * linear.column_tiles.size(), "{}: {} shards for {} x {} tiles",
             node.name, shards.size(), linear.row_tiles.size(), linear.column_tiles.size());
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const std::size_t row = i / linear.column_tiles.size(), column = i % linear.column_tiles.size();
    AIMC_CHECK(shards[i].row_tile == row && shards[i].column_tile == column &&
                   shards[i].rows == linear.row_tiles[row] && shards[i].columns == linear.column_tiles[column],
               "{}: shard {} is not where row tile {}, column tile {} belongs", node.name, shards[i].id, row, column);
  }
}

void check_capacity(const Program& program) {
  const HardwareSpec& hardware = program.hardware;
  AIMC_CHECK(program.chips >= 1 && (hardware.chip.chips == 0 || program.chips == hardware.chip.chips),
             "{} chips used, {} given", program.chips, hardware.chip.chips);
  std::set<std::tuple<UnitAddress, std::uint32_t, std::uint32_t>> arrays;
  for (std::size_t i = 0; i < program.shards.size(); ++i) {
    const Shard& shard = program.shards[i];
    AIMC_CHECK(shard.id == i, "shard {} at place {}", shard.id, i);
    AIMC_CHECK(shard.rows <= hardware.tile.rows && shard.columns <= outputs_per_array(hardware.tile),
               "shard {} of {} x {} on arrays of {} x {}", i, shard.rows, shard.columns, hardware.tile.rows,
               outputs_per_array(hardware.tile));
    AIMC_CHECK(shard.tile.component == Component::crossbar_tile && shard.tile.chip < program.chips &&
                   shard.tile.index < hardware.chip.tiles &&
                   shard.array < static_cast<std::uint32_t>(hardware.tile.arrays) &&
                   shard.tier < static_cast<std::uint32_t>(hardware.tile.tiers),
               "shard {} on chip {}, tile {}, array {}, tier {}, which is not there", i, shard.tile.chip,
               shard.tile.index, shard.array, shard.tier);
    AIMC_CHECK(arrays.emplace(shard.tile, shard.array, shard.tier).second,
               "shard {} on an array that holds another one", i);
  }
}

/// The embedding's shards come first, row tile by row tile, each with the number of its row tile as that of its copy.
std::size_t check_embedding(const Program& program) {
  if (!program.embedding) return 0;
  const LinearPlacement& table = *program.embedding;
  const workloads::Node& node = program.graph.node(table.linear);
  AIMC_CHECK(std::holds_alternative<EmbedOp>(node.op) && table.unit == LinearUnit::analog && table.first_shard == 0,
             "{} cannot be an embedding in arrays", node.name);
  const std::size_t count = std::size_t{table.shard_count} * table.replicas;
  AIMC_CHECK(count <= program.shards.size() && table.replicas == table.row_tiles.size(),
             "{}: shards of {} row tiles are missing", node.name, table.row_tiles.size());
  const std::span<const Shard> shards = std::span(program.shards).first(count);
  AIMC_CHECK(std::ranges::all_of(shards, [](const Shard& shard) { return shard.replica == shard.row_tile; }),
             "{}: row tiles are not numbered as copies", node.name);
  check_tile_sizes(node, table, shards);
  check_cover(node, shards);
  return count;
}

}  // namespace

void validate_placement(const Program& program) {
  check_capacity(program);
  std::size_t next_linear = 0, next_shard = check_embedding(program);
  for (const workloads::Node& node : program.graph.nodes) {
    if (!std::holds_alternative<LinearOp>(node.op)) continue;
    AIMC_CHECK(next_linear < program.linears.size(), "{} has no placement", node.name);
    const LinearPlacement& linear = program.linears[next_linear++];
    AIMC_CHECK(linear.linear == node.id, "the placement of {} is that of node {}", node.name, linear.linear);
    AIMC_CHECK(linear.shard_count == 0 || linear.first_shard == next_shard, "{}: its shards do not come next",
               node.name);
    for (std::uint32_t replica = 0; replica < linear.replicas; ++replica, next_shard += linear.shard_count) {
      AIMC_CHECK(linear.shard_count <= program.shards.size() - next_shard, "{}: shards are missing", node.name);
      const std::span<const Shard> shards = std::span(program.shards).subspan(next_shard, linear.shard_count);
      AIMC_CHECK(std::ranges::all_of(shards, [&](const Shard& shard) { return shard.replica == replica; }),
                 "{}: shards of copy {} belong to another one", node.name, replica);
      check_tile_sizes(node, linear, shards);
      if (linear.unit == LinearUnit::analog) check_cover(node, shards);
    }
  }
  AIMC_CHECK(next_linear == program.linears.size() && next_shard == program.shards.size(),
             "placements or shards without a linear");
}

}  // namespace aimc::sim
