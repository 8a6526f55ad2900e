#include <algorithm>
#include <map>
#include <tuple>

#include "sim/mapping/chip_count.h"
#include "sim/mapping/partition.h"
#include "sim/mapping/strategies.h"

namespace aimc::sim {
namespace {

std::int64_t ceil_divide(std::int64_t numerator, std::int64_t denominator) {
  return (numerator + denominator - 1) / denominator;
}

/// Most arrays that one vector of a token goes to: linears that read the same one.
std::int64_t widest_stage(const Placement& placement, const workloads::Graph& graph) {
  std::map<std::tuple<NodeId, std::int64_t, std::int64_t>, std::int64_t> stages;
  std::int64_t widest = 1;
  for (const LinearPlacement& linear : placement.linears) {
    const workloads::Operand& read = graph.node(linear.linear).inputs.front();
    std::int64_t& arrays = stages[{read.node, read.offset, read.width}];
    arrays += linear.shard_count;
    widest = std::max(widest, arrays);
  }
  return widest;
}

/// The shards of each pool: whole layers if no pool runs over so, else equal shares.
std::vector<std::vector<Shard*>> deal(const std::vector<Shard*>& shards, const LayerGroups& groups, std::int64_t pools,
                                      std::int64_t capacity) {
  std::vector<std::int64_t> sizes(groups.count, 0);
  for (const Shard* shard : shards) ++sizes[groups.group[shard->linear]];
  const std::vector<std::size_t> begins = balanced_parts(sizes, static_cast<std::size_t>(pools));
  std::vector<std::vector<Shard*>> layers(begins.size()), shares(static_cast<std::size_t>(pools));
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const auto part = std::ranges::upper_bound(begins, groups.group[shards[i]->linear]) - begins.begin() - 1;
    layers[static_cast<std::size_t>(part)].push_back(shards[i]);
    shares[i * static_cast<std::size_t>(pools) / shards.size()].push_back(shards[i]);
  }
  const bool fits = std::ranges::all_of(layers, [&](const auto& pool) { return std::ssize(pool) <= capacity; });
  return fits ? layers : shares;
}

}  // namespace

void place_tiers(Placement& placement, const LayerGroups& groups, const HardwareSpec& hardware,
                 const workloads::Graph& graph) {
  const std::int64_t arrays = std::ssize(placement.shards);
  placement.chips = chips_for(arrays, hardware, graph.model_name);
  if (arrays == 0) return set_home_chips(placement, groups);
  const std::int64_t side_by_side = hardware.chip.tiles * hardware.tile.arrays;
  const std::int64_t wanted =
      std::min<std::int64_t>(placement.chips, ceil_divide(widest_stage(placement, graph), side_by_side));
  const std::int64_t pools = placement.chips / wanted;
  // Chips that are left over make the last pools larger.
  const std::int64_t smallest = placement.chips / pools, larger = placement.chips % pools;
  // Nothing may run over, also where shares are equal and pools are not.
  const bool equal_fits = ceil_divide(arrays, pools) <= smallest * arrays_of_chip(hardware);
  const auto dealt = deal(laying_order(placement), groups, equal_fits ? pools : 1,
                          (equal_fits ? smallest : std::int64_t{placement.chips}) * arrays_of_chip(hardware));
  std::uint32_t chip = 0;
  for (std::size_t pool = 0; pool < dealt.size(); ++pool) {
    const bool large = static_cast<std::int64_t>(pool) >= pools - larger;
    const auto chips = equal_fits ? static_cast<std::uint32_t>(smallest + (large ? 1 : 0)) : placement.chips;
    fill_tiles(dealt[pool], hardware, chip, chips);
    chip += chips;
  }
  set_home_chips(placement, groups);
}

}  // namespace aimc::sim
