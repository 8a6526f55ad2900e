#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/check/error.h"
#include "strategy_programs.h"

namespace aimc::sim {
namespace {

constexpr std::int64_t layer_arrays = 13, head_arrays = 5;  // 64 x 64

HardwareSpec hardware_of(std::int64_t tiles) {
  HardwareSpec hardware = handmade_hardware(64, 64, tiles);
  hardware.tile.input.pulse_tick = Time(1000);  // 128 ns, the same for every array: the slowest stage of an MVM
  hardware.tile.clock = Frequency(1e9);
  hardware.tile.load_bytes_per_cycle = hardware.tile.send_bytes_per_cycle = hardware.tile.affine_per_cycle = 64;
  return hardware;
}

Program replicated(std::int64_t budget, const HardwareSpec& hardware, double sampled_share = 0.01) {
  MappingSpec spec;
  spec.strategy = MappingStrategy::replicate;
  spec.tile_budget = budget;
  spec.sampled_share = sampled_share;
  return map_model(handmade_decoder({}), hardware, all_analog, spec);
}

std::uint32_t copies(const Program& program, const std::string& node) {
  return program.placement(program.graph.find(node)->id).replicas;
}

TEST(Replicate, EveryLayerIsCopiedBeforeTheHead) {
  const Program program = replicated(3 * 2 * layer_arrays + head_arrays, hardware_of(100));
  for (const LinearPlacement& linear : program.linears) {
    const std::string& name = program.graph.node(linear.linear).name;
    EXPECT_EQ(linear.replicas, name == "lm_head" ? 1u : 3u) << name;
  }
  EXPECT_EQ(std::ssize(program.shards), 3 * 2 * layer_arrays + head_arrays);
  std::set<UnitAddress> tiles;
  for (const Shard& shard : program.shards) tiles.insert(shard.tile);
  EXPECT_EQ(tiles.size(), program.shards.size()) << "copies work at the same time, so on tiles of their own";
}

TEST(Replicate, TheHeadIsCopiedWhenEveryTokenIsSampled) {
  const Program program = replicated(2 * (2 * layer_arrays + head_arrays), hardware_of(100), 1.0);
  EXPECT_EQ(copies(program, "lm_head"), 2u);
  EXPECT_EQ(copies(program, "model.layers.1.mlp.down_proj"), 2u);
}

TEST(Replicate, ABudgetWhoseCopiesWouldNotHelpIsRefused) {
  // All linears of the layers are equally slow: one tile less than two copies of each leaves some as slow as before.
  const std::int64_t helps = 2 * 2 * layer_arrays + head_arrays;
  try {
    replicated(helps - 1, hardware_of(100));
    FAIL() << "one linear would stay as slow as before";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(std::to_string(helps) + " tiles"));
  }
  EXPECT_EQ(std::ssize(replicated(helps, hardware_of(100)).shards), helps);
}

TEST(Replicate, StepsExistForTheFirstCopyOnly) {
  const Program twice = replicated(2 * 2 * layer_arrays + head_arrays, hardware_of(100));
  const Program thrice = replicated(3 * 2 * layer_arrays + head_arrays, hardware_of(100));
  EXPECT_EQ(twice.steps.size(), thrice.steps.size());
  for (const Step& step : thrice.steps)
    EXPECT_TRUE(step.kind != StepKind::mvm || thrice.shards[step.shard].replica == 0u);
}

TEST(Replicate, RefusesWhatItCannotDo) {
  try {
    replicated(2 * layer_arrays + head_arrays - 1, hardware_of(100));
    FAIL() << "the model itself takes one tile more";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("mapping.tile_budget"));
    EXPECT_THAT(error.what(), testing::HasSubstr("31 tiles"));
  }
  HardwareSpec stacked = hardware_of(100);
  stacked.tile.tiers = 2;
  EXPECT_THROW(replicated(100, stacked), ConfigError);
}

}  // namespace
}  // namespace aimc::sim
