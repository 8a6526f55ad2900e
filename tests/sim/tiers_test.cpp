#include <gtest/gtest.h>

#include <map>

#include "strategy_programs.h"

namespace aimc::sim {
namespace {

constexpr DecoderShape shape{64, 160, 4, 2, 16, 300, 6, false};

/// Pairs of arrays that a token needs at the same time (their linears read the same vector) and that lie in one tile,
/// where only one of them works at a time.
std::int64_t conflicts(const Program& program) {
  std::int64_t pairs = 0;
  for (const Shard& a : program.shards) {
    for (const Shard& b : program.shards) {
      if (b.id <= a.id || a.tile != b.tile) continue;
      const auto& reads_a = program.graph.node(a.linear).inputs.front();
      const auto& reads_b = program.graph.node(b.linear).inputs.front();
      pairs += reads_a == reads_b ? 1 : 0;
    }
  }
  return pairs;
}

std::int64_t bits_between_chips(const Program& program) {
  std::int64_t bits = 0;
  for (const Step& step : program.steps)
    for (const StepInput& input : step.inputs)
      if (program.steps[input.from].unit.chip != step.unit.chip) bits += input.elements * input.bits;
  return bits;
}

HardwareSpec stacked(std::int64_t tiles, int tiers, std::int64_t chips = 0) {
  HardwareSpec hardware = handmade_hardware(32, 32, tiles);
  hardware.tile.tiers = tiers;
  hardware.chip.chips = chips;
  return hardware;
}

TEST(Tiers, WhatWorksAtTheSameTimeSharesAStackNoMoreOftenThanInOrder) {
  for (const auto& [tiles, tiers, chips] :
       {std::tuple{20, 4, 0}, {40, 8, 0}, {8, 32, 0}, {25, 8, 4}, {10, 24, 2}, {10, 32, 3}, {60, 2, 0}}) {
    const HardwareSpec hardware = stacked(tiles, tiers, chips);
    EXPECT_LE(conflicts(map_with(MappingStrategy::tiers, shape, hardware)),
              conflicts(map_with(MappingStrategy::in_order, shape, hardware)))
        << tiles << " tiles, " << tiers << " tiers, " << chips << " chips";
  }
}

TEST(Tiers, NoneOfItWhereTheWidestStageFitsAChip) {
  const Program program = map_with(MappingStrategy::tiers, shape, stacked(25, 8));  // gate and up: 2 x 10 arrays
  EXPECT_EQ(conflicts(program), 0);
  EXPECT_GT(program.chips, 1u);
}

TEST(Tiers, LayersDoNotStretchOverAllChips) {
  const HardwareSpec hardware = stacked(25, 4);
  const Program tiers = map_with(MappingStrategy::tiers, shape, hardware);
  const Program in_order = map_with(MappingStrategy::in_order, shape, hardware);
  ASSERT_EQ(tiers.chips, in_order.chips);
  ASSERT_GT(tiers.chips, 2u);
  EXPECT_LT(bits_between_chips(tiers) * 2, bits_between_chips(in_order));
}

TEST(Tiers, StacksAreAsHighAsEachOther) {
  const Program program = map_with(MappingStrategy::tiers, shape, stacked(20, 20));
  std::map<UnitAddress, int> arrays;
  for (const Shard& shard : program.shards) ++arrays[shard.tile];
  int lowest = 1000, highest = 0;
  for (const auto& [tile, count] : arrays) {
    lowest = std::min(lowest, count);
    highest = std::max(highest, count);
  }
  EXPECT_EQ(arrays.size(), 20u);
  EXPECT_LE(highest - lowest, 1);
}

}  // namespace
}  // namespace aimc::sim
