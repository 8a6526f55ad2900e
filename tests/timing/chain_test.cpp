#include <gtest/gtest.h>

#include "base/check/error.h"
#include "base/parallel/interrupt.h"
#include "tests/timing/hand_made.h"

// One token through a chain of units, against sums written by hand.
namespace aimc::sim {
namespace {

using aimc::testing::elapsed_of_child;
using aimc::testing::HandMade;
using aimc::testing::ns;
using tiles::VectorOperation;

HandMade short_chain() {
  HandMade made;
  const StepId codes = made.vector(VectorOperation::quantize, 0, {made.embed()});
  made.sample(1, {made.mvm(0, codes)});
  return made;
}

TEST(Chain, OneTokenTakesTheSumOfItsStages) {
  const TimingResult result = simulate_timing(short_chain().program, InferenceWorkload::single(1, 1));
  // embed: 50 + 12.8 of memory (10 of computing within); quantize 5; 10 of network; MVM 102; send 2 + network 10;
  // sample 20
  EXPECT_EQ(result.elapsed, ns(62.8 + 5 + 10 + 102 + 2 + 10 + 20));
  EXPECT_EQ(result.time_to_first_token(), result.elapsed);
  EXPECT_EQ(result.first_token.digital, ns(10 + 5 + 20));
  EXPECT_EQ(result.first_token.kv_memory, ns(52.8));
  EXPECT_EQ(result.first_token.analog_mvm, ns(102));
  EXPECT_EQ(result.first_token.network, ns(10 + 2 + 10));
  EXPECT_EQ(result.first_token.waiting, Time{});
  EXPECT_EQ(result.first_token.total(), result.elapsed);
  EXPECT_EQ(result.decode, StageTimes{});
  EXPECT_EQ(result.packets, 2);
  EXPECT_EQ(result.bytes_sent, 64 + 128);
}

TEST(Chain, PartialSumsMeetInATile) {
  HandMade made;
  const StepId codes = made.embed();
  std::vector<StepId> sums;
  for (std::uint32_t tile = 0; tile < 4; ++tile) sums.push_back(made.mvm(tile, codes, 64 * tile));
  made.sample(1, {made.accumulate(0, sums)});
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(1, 1));
  // The tile's own sum is there at 102, the three others arrive together 12 later and are added in 3 ns.
  EXPECT_EQ(result.elapsed, ns(62.8 + 10 + 102 + 2 + 10 + 3 + 2 + 10 + 20));
  EXPECT_EQ(result.first_token.analog_mvm, ns(102 + 1));
  EXPECT_EQ(result.first_token.waiting, ns(2));
}

TEST(Chain, TiersOfATileWorkOneAfterTheOther) {
  HandMade made;
  const StepId codes = made.embed();
  const StepId a = made.mvm(0, codes), b = made.mvm(0, codes);
  made.program.shards[1].tier = 1;
  made.sample(1, {a, b});
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(1, 1));
  EXPECT_EQ(result.elapsed, ns(62.8 + 10 + 102 + 100 + 2 + 10 + 20));
  EXPECT_EQ(result.first_token.waiting, ns(100));
}

TEST(Chain, ADigitalProductStreamsItsWeights) {
  HandMade made;
  made.sample(1, {made.matmul(0, made.embed())});
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(1, 1));
  // 64 x 64 weights of 4 bits: 2048 bytes in 50 + 204.8 ns, 64 ns of MACs within
  EXPECT_EQ(result.elapsed, ns(62.8 + 254.8 + 10 + 20));
  EXPECT_EQ(result.first_token.digital, ns(10 + 64 + 20));
  EXPECT_EQ(result.first_token.kv_memory, ns(52.8 + 190.8));
}

TEST(Chain, UnitsOnOtherChipsAreReachedOverTheLink) {
  HandMade made = short_chain();
  made.program.chips = 2;
  made.program.steps[2].unit.chip = 1;  // the tile
  made.program.shards[0].tile.chip = 1;
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(1, 1));
  // To the tile: 10 to the gateway, (64 + 8) bytes at 8 GB/s = 9 ns and 20, 10 on the other chip. Back: 136 bytes = 17
  // ns.
  EXPECT_EQ(result.elapsed, ns(62.8 + 5 + (10 + 9 + 20 + 10) + 102 + (2 + 10 + 17 + 20 + 10) + 20));
  EXPECT_EQ(result.counts.total(Action::chip_link_byte), 72 + 136);
}

TEST(Chain, SleepingUnitsWakeUpFirst) {
  HandMade made = short_chain();
  made.program.hardware.idle_policy = IdlePolicy::power_gated;
  made.program.hardware.tile.idle.wake_latency = ns(500);
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(1, 1));
  EXPECT_EQ(result.elapsed, ns(211.8 + 500));
  EXPECT_EQ(result.first_token.waiting, ns(500));
}

TEST(Chain, AnEmbeddingRowIsAsWideAsItsActivations) {
  HandMade made = short_chain();
  made.program.hardware.digital.activation_bits = 8;
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(1, 1));
  EXPECT_EQ(result.counts.total(Action::embedding_read_byte), 64);
  EXPECT_EQ(result.first_token.kv_memory, ns(50 + 6.4 - 10));
}

TEST(Chain, MoreBandwidthIsNeverSlower) {
  Time before = ns(1e9);
  for (const int flit_bits : {8, 16, 64, 128, 512, 1024}) {
    HandMade made = short_chain();
    made.program.hardware.network.topology = interconnect::Topology::mesh;
    made.program.hardware.network.flit_bits = flit_bits;
    const Time elapsed = elapsed_of_child(made.program, InferenceWorkload::single(8, 2));
    EXPECT_LE(elapsed, before) << flit_bits;
    before = elapsed;
  }
}

TEST(Chain, MoreMemoryBandwidthIsNeverSlower) {
  Time before = ns(1e9);
  for (const double bandwidth : {1e9, 5e9, 20e9, 100e9}) {
    HandMade made = short_chain();
    made.program.hardware.dram.bandwidth = Bandwidth(bandwidth);
    const Time elapsed = elapsed_of_child(made.program, InferenceWorkload::single(8, 2));
    EXPECT_LT(elapsed, before) << bandwidth;
    before = elapsed;
  }
}

TEST(Chain, AnInterruptStopsTheRun) {
  request_interrupt();
  EXPECT_THROW(simulate_timing(short_chain().program, InferenceWorkload::single(20000, 1)), Interrupted);
}

TEST(Chain, AProgramWithoutHardwareIsRefused) {
  HandMade made = short_chain();
  made.program.linears.push_back(
      {.linear = 2, .unit = LinearUnit::floating_point, .row_tiles = {}, .column_tiles = {}});
  EXPECT_THROW(simulate_timing(made.program, InferenceWorkload::single(1, 1)), InternalError);
}

}  // namespace
}  // namespace aimc::sim
