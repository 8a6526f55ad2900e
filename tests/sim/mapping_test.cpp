#include "sim/mapping/mapper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/check/error.h"
#include "handmade_graph.h"

namespace aimc::sim {
namespace {

using testing::HasSubstr;

std::int64_t tiles_of(const Program& program, const std::string& node) {
  return program.placement(program.graph.find(node)->id).shard_count;
}

struct TileTable {
  const char* model;
  DecoderShape shape;
  Index array;
  std::int64_t total, per_layer, head;
};

// Names the case in test lists; without it they show its bytes, addresses included.
void PrintTo(const TileTable& table, std::ostream* out) {  // NOLINT(readability-identifier-naming): GoogleTest's name
  *out << table.model << " on arrays of " << table.array;
}

// The table of hardware 6.1; shapes from the models' config.json.
class TilesOfModels : public testing::TestWithParam<TileTable> {};

TEST_P(TilesOfModels, EqualTheTable) {
  const TileTable& expected = GetParam();
  const Program program =
      map_in_order(handmade_decoder(expected.shape), handmade_hardware(expected.array, expected.array, 64), all_analog);
  EXPECT_EQ(std::ssize(program.shards), expected.total);
  EXPECT_EQ(tiles_of(program, "lm_head"), expected.head);
  std::int64_t layer = 0;
  for (const workloads::Node& node : program.graph.nodes)
    if (node.name.starts_with("model.layers.1.") && std::holds_alternative<workloads::LinearOp>(node.op))
      layer += tiles_of(program, node.name);
  EXPECT_EQ(layer, expected.per_layer);
  if (expected.array != 256) return;
  EXPECT_EQ(program.chips, expected.total == 56'808 ? 888u : 295u) << "chips of 64 tiles";
}

constexpr DecoderShape phi3{3072, 8192, 32, 32, 96, 32064, 32, true};
constexpr DecoderShape phi3_unfused{3072, 8192, 32, 32, 96, 32064, 32, false};
constexpr DecoderShape llama{2048, 8192, 32, 8, 64, 128256, 16, false};
INSTANTIATE_TEST_SUITE_P(Hardware61, TilesOfModels,
                         testing::Values(TileTable{"phi-3-mini", phi3, 256, 56'808, 1'728, 1'512},
                                         TileTable{"phi-3-mini", phi3, 512, 14'202, 432, 378},
                                         TileTable{"phi-3-mini unfused", phi3_unfused, 512, 14'202, 432, 378},
                                         TileTable{"llama-3.2-1b", llama, 256, 18'856, 928, 4'008},
                                         TileTable{"llama-3.2-1b", llama, 512, 4'716, 232, 1'004}));

TEST(MapInOrder, PerLayerDetailOfLlama) {
  const Program program = map_in_order(handmade_decoder(llama), handmade_hardware(256, 256, 64), all_analog);
  const std::string prefix = "model.layers.7.";
  EXPECT_EQ(tiles_of(program, prefix + "self_attn.q_proj"), 64);
  EXPECT_EQ(tiles_of(program, prefix + "self_attn.k_proj"), 16);
  EXPECT_EQ(tiles_of(program, prefix + "self_attn.v_proj"), 16);
  EXPECT_EQ(tiles_of(program, prefix + "self_attn.o_proj"), 64);
  EXPECT_EQ(tiles_of(program, prefix + "mlp.gate_proj"), 256);
  EXPECT_EQ(tiles_of(program, prefix + "mlp.down_proj"), 256);
}

TEST(MapInOrder, FillsTilesAndChipsInOrder) {
  const Program program = map_in_order(handmade_decoder({}), handmade_hardware(32, 32, 10), all_analog);
  for (const Shard& shard : program.shards) {
    EXPECT_EQ(shard.tile.chip, shard.id / 10);
    EXPECT_EQ(shard.tile.index, shard.id % 10);
    EXPECT_EQ(shard.tier, 0u);
  }
  EXPECT_EQ(program.chips, (program.shards.size() + 9) / 10);
}

TEST(MapInOrder, TiersAreFilledAfterAllTiles) {
  HardwareSpec hardware = handmade_hardware(32, 32, 30);
  hardware.tile.tiers = 4;
  const Program program = map_in_order(handmade_decoder({}), hardware, all_analog);
  ASSERT_EQ(program.chips, 1u) << program.shards.size() << " arrays";
  for (const LinearPlacement& linear : program.linears) {
    std::set<std::uint32_t> tiles;
    for (ShardId id = linear.first_shard; id < linear.first_shard + linear.shard_count; ++id)
      tiles.insert(program.shards[id].tile.index);
    EXPECT_EQ(tiles.size(), std::min<std::size_t>(linear.shard_count, 30)) << "shards of one linear share no tile";
  }
  EXPECT_GT(program.shards.back().tier, 0u);
}

TEST(MapInOrder, AGivenNumberOfChipsIsKept) {
  HardwareSpec hardware = handmade_hardware(64, 64, 12);
  hardware.chip.chips = 3;  // 31 arrays: 13 a layer, 5 of the head
  EXPECT_EQ(map_in_order(handmade_decoder({}), hardware, all_analog).chips, 3u);
}

TEST(MapInOrder, GivenChipsThatWouldHoldNothingAreRefused) {
  HardwareSpec hardware = handmade_hardware(64, 64, 12);
  hardware.chip.chips = 5;
  try {
    map_in_order(handmade_decoder({}), hardware, all_analog);
    FAIL() << "31 arrays fill three chips of 12";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("hardware.chip.chips: 5"));
    EXPECT_THAT(error.what(), HasSubstr("give 3"));
  }
}

TEST(MapInOrder, SaysWhatItWouldTakeWhenTheModelDoesNotFit) {
  HardwareSpec hardware = handmade_hardware(512, 512, 500);
  hardware.chip.chips = 4;
  try {
    map_in_order(handmade_decoder(llama), hardware, all_analog);
    FAIL() << "4716 arrays on 2000 tiles";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("needs 4716 arrays"));
    EXPECT_THAT(error.what(), HasSubstr("have 2000"));
    EXPECT_THAT(error.what(), HasSubstr("10 chips"));
    EXPECT_THAT(error.what(), HasSubstr("3 tiers"));
    EXPECT_THAT(error.what(), HasSubstr("1179 tiles a chip"));
    EXPECT_THAT(error.what(), HasSubstr("hardware.chip.chips"));
  }
}

TEST(MapInOrder, DigitalLinearsNeedMacs) {
  EXPECT_THROW(map_in_order(handmade_decoder({}), handmade_hardware(64, 64, 10),
                            [](const workloads::Node&) { return LinearUnit::digital; }),
               ConfigError);
}

TEST(MapInOrder, FloatingPointLinearsHaveNoHardware) {
  const Program program = map_in_order(handmade_decoder({}), handmade_hardware(64, 64, 10), [](const auto& node) {
    return node.name == "lm_head" ? LinearUnit::floating_point : LinearUnit::analog;
  });
  EXPECT_FALSE(program.physical());
  EXPECT_TRUE(program.steps.empty());
  EXPECT_EQ(program.placement(program.graph.find("lm_head")->id).shard_count, 0u);
  EXPECT_GT(program.shards.size(), 0u);
}

}  // namespace
}  // namespace aimc::sim
