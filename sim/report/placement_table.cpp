#include "sim/report/placement_table.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

namespace aimc::sim {
namespace {

struct Row {
  std::string name;
  std::int64_t out = 0, in = 0, row_tiles = 0, column_tiles = 0, arrays = 0, count = 0;
  double filled = 0;
  LinearUnit unit{};
  std::set<std::uint32_t> chips;
};

/// Of one copy; the row tiles of an embedding are no copies.
std::uint32_t arrays_of(const Program& program, const LinearPlacement& placement) {
  const bool table = program.embedding && program.embedding->linear == placement.linear;
  return placement.shard_count * (table ? placement.replicas : 1);
}

/// The embedding, where it lies in arrays, and the linears.
std::vector<LinearPlacement> placements(const Program& program) {
  std::vector<LinearPlacement> all = program.linears;
  if (program.embedding) all.insert(all.begin(), *program.embedding);
  return all;
}

Row row_of(const Program& program, const LinearPlacement& placement) {
  const auto& node = program.graph.node(placement.linear);
  Row row{.name = node.name.substr(node.name.rfind('.') + 1),
          .out = std::accumulate(placement.column_tiles.begin(), placement.column_tiles.end(), Index{0}),
          .in = std::accumulate(placement.row_tiles.begin(), placement.row_tiles.end(), Index{0}),
          .row_tiles = static_cast<std::int64_t>(placement.row_tiles.size()),
          .column_tiles = static_cast<std::int64_t>(placement.column_tiles.size()),
          .arrays = arrays_of(program, placement),
          .count = 1,
          .filled = 0,
          .unit = placement.unit,
          .chips = {}};
  for (ShardId id = placement.first_shard; id < placement.first_shard + arrays_of(program, placement); ++id)
    row.chips.insert(program.shards[id].tile.chip);
  const double cells = static_cast<double>(row.arrays * program.hardware.tile.rows * program.hardware.tile.columns);
  row.filled = cells == 0 ? 0 : static_cast<double>(row.in * row.out) / cells;
  return row;
}

// Layers look alike: one row stands for all of them.
std::vector<Row> merged_rows(const Program& program) {
  std::vector<Row> rows;
  for (const auto& placement : placements(program)) {
    Row row = row_of(program, placement);
    const auto same = std::find_if(rows.begin(), rows.end(), [&](const Row& r) {
      return r.name == row.name && r.out == row.out && r.in == row.in && r.unit == row.unit;
    });
    if (same == rows.end()) {
      rows.push_back(std::move(row));
      continue;
    }
    same->arrays += row.arrays;
    same->count += 1;
    same->chips.insert(row.chips.begin(), row.chips.end());
  }
  return rows;
}

std::string chip_range(const std::set<std::uint32_t>& chips) {
  if (chips.empty()) return "-";
  if (chips.size() == 1) return std::to_string(*chips.begin());
  return fmt::format("{}-{}", *chips.begin(), *chips.rbegin());
}

}  // namespace

std::string placement_table(const Program& program, const std::string& deployment) {
  const auto& hardware = program.hardware;
  std::set<UnitAddress> tiles;
  for (const auto& shard : program.shards) tiles.insert(shard.tile);
  std::string text =
      fmt::format("{} on {}\n{} arrays of {} x {} in {} of {} tiles, {} chip{}\n\n", deployment, hardware.name,
                  program.shards.size(), hardware.tile.rows, hardware.tile.columns, tiles.size(),
                  program.chips * hardware.chip.tiles, program.chips, program.chips == 1 ? "" : "s");
  text += fmt::format("{:<14}{:>4}{:>8}{:>8}{:>9}{:>11}{:>8}{:>9}  {}\n", "linear", "x", "out", "in", "unit",
                      "row x col", "arrays", "filled", "chips");
  for (const auto& row : merged_rows(program)) {
    const bool analog = row.unit == LinearUnit::analog;
    text += fmt::format("{:<14}{:>4}{:>8}{:>8}{:>9}{:>11}{:>8}{:>9}  {}\n", row.name, row.count, row.out, row.in,
                        analog ? "analog" : "digital",
                        analog ? fmt::format("{} x {}", row.row_tiles, row.column_tiles) : "-", row.arrays,
                        analog ? fmt::format("{:.1f} %", 100 * row.filled) : "-", chip_range(row.chips));
  }
  return text;
}

std::string placement_json(const Program& program) {
  nlohmann::ordered_json json = {{"hardware", program.hardware.name}, {"chips", program.chips}};
  auto linears = nlohmann::ordered_json::array();
  for (const auto& placement : placements(program)) {
    const Row row = row_of(program, placement);
    linears.push_back({{"linear", program.graph.node(placement.linear).name},
                       {"unit", name(placement.unit)},
                       {"out", row.out},
                       {"in", row.in},
                       {"row_tiles", placement.row_tiles},
                       {"column_tiles", placement.column_tiles},
                       {"arrays", row.arrays},
                       {"cells_filled", row.filled},
                       {"chips", row.chips}});
  }
  json["linears"] = linears;
  return json.dump(2) + "\n";
}

}  // namespace aimc::sim
