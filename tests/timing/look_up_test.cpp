// The embedding in tiles in time: against sums written by hand.
#include <gtest/gtest.h>

#include "tests/timing/hand_made.h"

namespace aimc::sim {
namespace {

using aimc::testing::HandMade;
using aimc::testing::ns;

/// A table of `row_tiles` x 1 arrays of 64 x 64, each on a tile of its own; tokens are sampled right behind it.
HandMade table(std::uint32_t row_tiles) {
  HandMade made;
  Program& program = made.program;
  const StepId embed = made.embed();
  Step& step = program.steps[embed];
  step.kind = StepKind::mvm;
  step.unit = {Component::crossbar_tile, 0, 0};
  LinearPlacement placement;
  placement.linear = embed;
  placement.column_tiles = {64};
  placement.shard_count = 1;
  placement.replicas = row_tiles;
  for (std::uint32_t row = 0; row < row_tiles; ++row) {
    placement.row_tiles.push_back(64);
    Shard shard;
    shard.id = row;
    shard.linear = embed;
    shard.replica = shard.row_tile = row;
    shard.row_begin = 64 * row;
    shard.rows = shard.columns = 64;
    shard.tile = {Component::crossbar_tile, 0, row};
    program.shards.push_back(shard);
  }
  program.embedding = placement;
  made.sample(1, {embed});
  return made;
}

TEST(LookUp, IsOneMvmOfOneRow) {
  const TimingResult result = simulate_timing(table(4).program, InferenceWorkload::single(1, 1));
  // One code to load: 1 ns; 100 to convert, 1 of affine; 2 to send, 10 of network; sample 20.
  EXPECT_EQ(result.elapsed, ns(102 + 2 + 10 + 20));
  EXPECT_EQ(result.first_token.analog_mvm, ns(102));
  EXPECT_EQ(result.first_token.kv_memory, Time{});
  EXPECT_EQ(result.counts.total(Action::mvm), 1);
  EXPECT_EQ(result.counts.total(Action::dac_conversion), 1);
  EXPECT_EQ(result.counts.total(Action::cell_read), 64);
  EXPECT_EQ(result.counts.total(Action::adc_conversion), 64);
  EXPECT_EQ(result.counts.total(Action::input_register), 1);
  EXPECT_EQ(result.counts.total(Action::embedding_read_byte), 0);
}

TEST(LookUp, TokensTakeTurnsAtRowTiles) {
  // Tokens 0 and 2 meet in the first of two row tiles; each has its own among three.
  EXPECT_EQ(aimc::testing::elapsed_of_child(table(2).program, InferenceWorkload::single(3, 1)),
            ns(102 + 100 + 2 + 10 + 20));
  EXPECT_EQ(aimc::testing::elapsed_of_child(table(3).program, InferenceWorkload::single(3, 1)), ns(102 + 2 + 10 + 20));
}

TEST(LookUp, EveryDecodeTokenIsSimulated) {
  const TimingResult result = simulate_timing(table(2).program, InferenceWorkload::single(1, 40));
  EXPECT_EQ(result.sampling.interpolated, 0);
  EXPECT_EQ(result.elapsed, ns(40 * 134));
  EXPECT_EQ(result.counts.total(Action::mvm), 40);
}

}  // namespace
}  // namespace aimc::sim
