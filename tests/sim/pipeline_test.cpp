#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/check/error.h"
#include "strategy_programs.h"

namespace aimc::sim {
namespace {

// 13 arrays a layer and 5 of the head on arrays of 64 x 64.
constexpr DecoderShape shape{64, 160, 4, 2, 16, 300, 6, false};

std::map<int, std::set<std::uint32_t>> chips_of_layers(const Program& program) {
  std::map<int, std::set<std::uint32_t>> chips;
  for (const Step& step : program.steps) {
    const int layer = layer_of(program.graph.node(step.node));
    if (layer >= 0) chips[layer].insert(step.unit.chip);
  }
  return chips;
}

TEST(Pipeline, NoLayerStraddlesChips) {
  const Program program = map_with(MappingStrategy::pipeline, shape, handmade_hardware(64, 64, 30));
  EXPECT_EQ(program.chips, 4u) << "two layers a chip; the head finds room on none of them: 26 + 5 > 30";
  for (const auto& [layer, chips] :
       chips_of_layers(map_with(MappingStrategy::in_order, shape, handmade_hardware(64, 64, 30))))
    EXPECT_TRUE(layer != 2 || chips.size() > 1) << "in order, layer 2 lies on two chips";
  for (const auto& [layer, chips] : chips_of_layers(program)) EXPECT_EQ(chips.size(), 1u) << "layer " << layer;
}

TEST(Pipeline, GivenChipsAreFilledEvenly) {
  HardwareSpec hardware = handmade_hardware(64, 64, 100);
  hardware.chip.chips = 3;
  const Program program = map_with(MappingStrategy::pipeline, shape, hardware);
  std::map<std::uint32_t, int> layers;
  for (const auto& [layer, chips] : chips_of_layers(program)) {
    ASSERT_EQ(chips.size(), 1u);
    ++layers[*chips.begin()];
  }
  EXPECT_EQ(layers, (std::map<std::uint32_t, int>{{0, 2}, {1, 2}, {2, 2}}));
}

TEST(Pipeline, ALayerLargerThanAChipTakesSeveral) {
  const Program program = map_with(MappingStrategy::pipeline, shape, handmade_hardware(64, 64, 7));
  EXPECT_EQ(program.chips, 6u * 2 + 1) << "two chips of 7 for 13 arrays, one for the 5 of the head";
  for (const auto& [layer, chips] : chips_of_layers(program)) EXPECT_EQ(chips.size(), 2u) << "layer " << layer;
}

TEST(Pipeline, ALargeHeadBeginsInTheFreeTilesOfTheChipBeforeWhereThatSavesAChip) {
  // 13 arrays for a layer, 32 for the head of 2048 tokens; chips of 30: two layers leave 4 free on each.
  constexpr DecoderShape with_large_head{64, 160, 4, 2, 16, 2048, 6, false};
  HardwareSpec hardware = handmade_hardware(64, 64, 30);
  const Program program = map_with(MappingStrategy::pipeline, with_large_head, hardware);
  EXPECT_EQ(program.chips, 4u) << "3 x 30 for the layers; 4 + 28 of the head";
  std::map<std::uint32_t, int> head_arrays;
  for (const Shard& shard : program.shards)
    if (program.graph.node(shard.linear).name == "lm_head") ++head_arrays[shard.tile.chip];
  EXPECT_EQ(head_arrays, (std::map<std::uint32_t, int>{{2, 4}, {3, 28}}));
  hardware.chip.chips = 5;
  EXPECT_EQ(map_with(MappingStrategy::pipeline, with_large_head, hardware).chips, 5u) << "given chips are used";
}

TEST(Pipeline, SaysHowManyChipsWholeLayersTake) {
  HardwareSpec hardware = handmade_hardware(64, 64, 25);  // 83 arrays would fit four chips, but not in whole layers
  hardware.chip.chips = 4;
  try {
    map_with(MappingStrategy::pipeline, shape, hardware);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("would take 6 chips"));
  }
}

TEST(Pipeline, LayersWithoutCrossbarsAreDealtOverGivenChips) {
  HardwareSpec hardware = handmade_hardware(64, 64, 10);
  hardware.digital.macs_per_cycle = 64;
  hardware.chip.chips = 4;
  MappingSpec spec;
  spec.strategy = MappingStrategy::pipeline;
  const auto digital = [](const workloads::Node&) { return LinearUnit::digital; };
  const Program program = map_model(handmade_decoder(shape), hardware, digital, spec);
  std::set<std::uint32_t> chips;
  for (const auto& [layer, of_layer] : chips_of_layers(program)) EXPECT_EQ(of_layer.size(), 1u) << "layer " << layer;
  for (const Step& step : program.steps) chips.insert(step.unit.chip);
  EXPECT_EQ(chips.size(), 4u);
  EXPECT_THROW(map_in_order(handmade_decoder(shape), hardware, digital), ConfigError) << "three chips would idle";
}

}  // namespace
}  // namespace aimc::sim
