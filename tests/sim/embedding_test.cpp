// The embedding table in tiles: where it lies and what a token does there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/check/error.h"
#include "handmade_graph.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

// On arrays of 32 x 32 the table [300, 64] takes 10 x 2 of them; a layer 4 + 2 + 2 + 4 + 10 + 10 + 10, the head 2 x 10.
constexpr DecoderShape shape{64, 160, 4, 2, 16, 300, 2, false};
constexpr std::int64_t arrays_of_table = 20, arrays_of_linears = 2 * 42 + 20;

MappingSpec in_tiles(MappingStrategy strategy = MappingStrategy::in_order) {
  MappingSpec spec;
  spec.strategy = strategy;
  spec.embedding = EmbeddingPlace::tiles;
  return spec;
}

class Embedding : public ::testing::TestWithParam<MappingStrategy> {};

TEST_P(Embedding, LiesInArraysOfItsOwn) {
  HardwareSpec hardware = handmade_hardware(32, 32, 40);
  hardware.tile.input.pulse_tick = Time(1000);  // replicate looks at times
  hardware.tile.clock = Frequency(1e9);
  hardware.tile.load_bytes_per_cycle = hardware.tile.send_bytes_per_cycle = hardware.tile.affine_per_cycle = 64;
  MappingSpec spec = in_tiles(GetParam());
  if (GetParam() == MappingStrategy::tiers) hardware.tile.tiers = 4;
  if (GetParam() == MappingStrategy::replicate) spec.tile_budget = 400;
  const Program program = map_model(handmade_decoder(shape), hardware, all_analog, spec);
  ASSERT_TRUE(program.embedding.has_value());
  const LinearPlacement& table = *program.embedding;
  EXPECT_EQ(table.replicas, 10U);
  EXPECT_EQ(table.shard_count, 2U);
  std::int64_t cells = 0, arrays = 0;
  for (const Shard& shard : program.shards) {
    if (shard.linear != table.linear) continue;
    cells += shard.rows * shard.columns;
    ++arrays;
    EXPECT_EQ(program.driven_rows(shard), 1);
  }
  EXPECT_EQ(cells, 300 * 64);
  EXPECT_EQ(arrays, arrays_of_table);
  if (GetParam() != MappingStrategy::replicate) {
    EXPECT_EQ(std::ssize(program.shards), arrays_of_linears + arrays_of_table);
  }
}

INSTANTIATE_TEST_SUITE_P(Strategies, Embedding,
                         ::testing::Values(MappingStrategy::in_order, MappingStrategy::blocks,
                                           MappingStrategy::replicate, MappingStrategy::tiers,
                                           MappingStrategy::pipeline),
                         [](const auto& info) { return std::string(name(info.param)); });

TEST(EmbeddingInTiles, ATokenBeginsWithOneMvmOnEachColumnTile) {
  const Program program = map_model(handmade_decoder(shape), handmade_hardware(32, 32, 400), all_analog, in_tiles());
  std::int64_t look_ups = 0, columns = 0;
  for (const Step& step : program.steps) {
    if (step.node != program.embedding->linear) continue;
    EXPECT_EQ(step.kind, StepKind::mvm);
    EXPECT_TRUE(step.inputs.empty());
    ++look_ups;
    columns += step.elements;
  }
  EXPECT_EQ(look_ups, 2);
  EXPECT_EQ(columns, 64);
}

TEST(EmbeddingInTiles, LayerZeroWorksWhereItsLinearsAre) {
  for (const MappingStrategy strategy : {MappingStrategy::in_order, MappingStrategy::pipeline}) {
    // The table fills the first two chips of ten.
    const Program program =
        map_model(handmade_decoder(shape), handmade_hardware(32, 32, 10), all_analog, in_tiles(strategy));
    std::set<std::uint32_t> linears;
    for (const Shard& shard : program.shards)
      if (program.graph.node(shard.linear).name.find("layers.0") != std::string::npos) linears.insert(shard.tile.chip);
    for (const Step& step : program.steps)
      if (step.kind == StepKind::vector_operation) {
        EXPECT_GE(step.unit.chip, *linears.begin()) << name(strategy);
        EXPECT_GE(step.unit.chip, 2U) << name(strategy);
      }
  }
}

TEST(EmbeddingInTiles, CountsWhereTheModelDoesNotFit) {
  HardwareSpec hardware = handmade_hardware(32, 32, arrays_of_linears);
  hardware.chip.chips = 1;
  MappingSpec memory;
  EXPECT_NO_THROW(map_model(handmade_decoder(shape), hardware, all_analog, memory));
  try {
    map_model(handmade_decoder(shape), hardware, all_analog, in_tiles());
    ADD_FAILURE() << "it does not fit";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("124 arrays"));
  }
}

TEST(EmbeddingInTiles, StaysInMemoryWhereNothingIsAnalog) {
  HardwareSpec hardware = handmade_hardware(32, 32, 400);
  hardware.digital.macs_per_cycle = 64;
  const Program program =
      map_model(handmade_decoder(shape), hardware, [](const auto&) { return LinearUnit::digital; }, in_tiles());
  EXPECT_FALSE(program.embedding.has_value());
  EXPECT_EQ(program.steps.front().operation, tiles::VectorOperation::embed);
}

}  // namespace
}  // namespace aimc::sim
