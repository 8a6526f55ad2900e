#include "sim/mapping/placement.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace aimc::sim {

std::int64_t arrays_of_tile(const HardwareSpec& hardware) {
  return std::int64_t{hardware.tile.arrays} * hardware.tile.tiers;
}

std::int64_t arrays_of_chip(const HardwareSpec& hardware) { return hardware.chip.tiles * arrays_of_tile(hardware); }

void fill_tiles(std::span<Shard* const> shards, const HardwareSpec& hardware, std::uint32_t first_chip,
                std::uint32_t chips) {
  const std::int64_t arrays = hardware.tile.arrays, on_chip = hardware.chip.tiles * arrays;
  const std::int64_t on_tier = chips * on_chip;
  std::int64_t place = 0;
  for (Shard* shard : shards) {
    const std::int64_t in_tier = place % on_tier, in_chip = in_tier % on_chip;
    shard->tile = {Component::crossbar_tile, first_chip + static_cast<std::uint32_t>(in_tier / on_chip),
                   static_cast<std::uint32_t>(in_chip / arrays)};
    shard->array = static_cast<std::uint32_t>(in_chip % arrays);
    shard->tier = static_cast<std::uint32_t>(place / on_tier);
    ++place;
  }
}

void fill_tiles_from(std::span<Shard* const> shards, const HardwareSpec& hardware, std::uint32_t first_chip,
                     std::int64_t used) {
  const std::int64_t arrays = hardware.tile.arrays, on_chip = arrays_of_chip(hardware);
  for (Shard* shard : shards) {
    const std::int64_t in_chip = used % on_chip;
    shard->tile = {Component::crossbar_tile, first_chip + static_cast<std::uint32_t>(used / on_chip),
                   static_cast<std::uint32_t>(in_chip / arrays)};
    shard->array = static_cast<std::uint32_t>(in_chip % arrays);
    ++used;
  }
}

std::vector<Shard*> laying_order(Placement& placement) {
  std::vector<Shard*> order;
  for (Shard& shard : placement.shards) order.push_back(&shard);
  if (placement.order == LayingOrder::column_tiles)
    std::ranges::stable_sort(order, {}, [](const Shard* shard) {
      return std::tuple(shard->linear, shard->replica, shard->column_tile, shard->row_tile);
    });
  return order;
}

void set_home_chips(Placement& placement, const LayerGroups& groups) {
  std::vector<std::optional<std::uint32_t>> first(groups.count);
  for (const Shard& shard : placement.shards) {
    // The embedding is read where it lies; layer 0 works where its linears are.
    if (placement.embedding && shard.linear == placement.embedding->linear) continue;
    if (auto& chip = first[groups.group[shard.linear]]; !chip) chip = shard.tile.chip;
  }
  placement.home_chip.clear();
  std::uint32_t current = 0;
  for (const auto& chip : first) placement.home_chip.push_back(current = chip.value_or(current));
}

}  // namespace aimc::sim
