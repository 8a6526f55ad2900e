#include "tiles/spec/tile_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aimc::tiles {
namespace {

using testing::ElementsAre;

/// HERMES-like: 1 GHz, 1 ns a tick, 8 bits.
TileSpec hermes() {
  TileSpec spec;
  spec.rows = 256;
  spec.columns = 256;
  spec.input.pulse_tick = Time(1'000);
  spec.clock = Frequency(1e9);
  spec.load_bytes_per_cycle = 8;
  spec.send_bytes_per_cycle = 8;
  spec.affine_per_cycle = 16;
  spec.accumulate_per_cycle = 16;
  return spec;
}

// Examples of numerics A.1.
TEST(BalancedSplit, ExamplesOfThePaper) {
  EXPECT_THAT(balanced_split(3072, 512), ElementsAre(512, 512, 512, 512, 512, 512));
  EXPECT_EQ(balanced_split(8192, 512).size(), 16u);
  EXPECT_THAT(balanced_split(1000, 256), ElementsAre(250, 250, 250, 250));
  const std::vector<Index> llama = balanced_split(11008, 512);
  ASSERT_EQ(llama.size(), 22u);
  EXPECT_EQ(llama.front(), 501);
  EXPECT_EQ(llama.back(), 500);
}

TEST(BalancedSplit, NoLimitIsOnePart) {
  EXPECT_THAT(balanced_split(777, 0), ElementsAre(777));
  EXPECT_THAT(balanced_split(777, -1), ElementsAre(777));
  EXPECT_THAT(balanced_split(5, 2), ElementsAre(2, 2, 1));
}

// Hardware 1.2: a = 1.36 ns per phase, c = 3.58 ns per MVM give 132.94 and 521.0 ns.
TEST(MvmTiming, TwoParameterFitOfHermes) {
  TileSpec spec = hermes();
  spec.input.phase_overhead = Time(1'360);
  spec.input.mvm_overhead = Time(3'580);
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(132'940));
  spec.input.phases = 4;
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(521'020));
}

TEST(MvmTiming, FollowsInputBitsButNotAdcBitsDuringIntegration) {
  TileSpec spec = hermes();
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(128'000));
  spec.adc.bits = 4;
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(128'000));
  spec.input.bits = 6;
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(32'000));
}

TEST(MvmTiming, MultiplexedConvertersTakeTurnsAfterTheIntegration) {
  TileSpec spec = hermes();
  spec.adc.timing = AdcTiming::after_integration;
  spec.adc.tick = Time(100);
  spec.adc.columns_per_adc = 8;
  spec.adc.kind = AdcKind::counter;
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(128'000 + 8 * 256 * 100));
  spec.adc.kind = AdcKind::sar;
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(128'000 + 8 * 8 * 100));
  EXPECT_EQ(mvm_timing(spec, 256, 3).convert, Time(128'000 + 3 * 8 * 100)) << "3 columns, 3 turns";
  spec.adc.bits = 7;
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(128'000 + 8 * 7 * 100));
  spec.input.phases = 2;
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(2 * (128'000 + 8 * 7 * 100)));
}

// HERMES: a counter of 8 bits at 300 ps counts for 76.8 ns, however short the pulses of a mode are.
TEST(MvmTiming, ShortPassesWaitForTheConversionDuringIntegration) {
  TileSpec spec = hermes();
  spec.adc.tick = Time(300);
  spec.input.phase_overhead = Time(4'940);
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(132'940)) << "one pass: 128 ns of pulses are longer";
  spec.periphery.mode = MvmMode::bit_wise;
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(7 * (76'800 + 4'940)));
  spec.periphery.mode = MvmMode::split;
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(2 * (76'800 + 4'940))) << "pulses of 8 and 16 ns";
  spec.periphery.mode = MvmMode::positive_negative_analog;
  spec.input.pulse_tick = Time(500);
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(64'000 + 76'800 + 2 * 4'940)) << "the first pass converts not";
  spec.adc.kind = AdcKind::sar;
  EXPECT_EQ(mvm_timing(spec, 256, 256).convert, Time(2 * (64'000 + 4'940))) << "8 ticks are shorter than a pulse";
}

// ISAAC (ISCA 2016): 128 x 128 cells of 2 bits, 16-bit weights in 8 of them, 16-bit inputs in 16 reads of 100 ns; one
// 8-bit SAR converter at 1.28 GS/s takes its turns at the 128 held samples of a read while the next one integrates.
TEST(MvmTiming, IsaacReadsSixteenTimesAndConvertsHeldSamples) {
  TileSpec spec = hermes();
  spec.rows = spec.columns = 128;
  spec.input.bits = 16;
  spec.input.pulse_tick = Time(50'000);  // a bit is driven for two ticks
  spec.slicing = {.weight_bits = 16, .bits_per_cell = 2, .bits_per_pass = 1, .encoding = WeightEncoding::offset};
  spec.adc.kind = AdcKind::sar;
  spec.adc.timing = AdcTiming::sample_and_hold;
  spec.adc.columns_per_adc = 128;
  spec.adc.tick = Time(97);  // 8 ticks: 0.776 ns a sample
  const MvmTiming timing = mvm_timing(spec, 128, 16);
  EXPECT_EQ(timing.convert, Time(16 * 100'000));
  EXPECT_EQ(timing.hold, Time(128 * 776)) << "the samples of the last read";
  EXPECT_EQ(timing.period(), Time(1'600'000)) << "the next MVM reads meanwhile";
  EXPECT_EQ(timing.latency(), timing.load + Time(1'600'000 + 99'328) + timing.affine);
  const MvmActions actions = mvm_actions(spec, 128, 16);
  EXPECT_EQ(actions.adc_conversions, 16 * 128);
  EXPECT_EQ(actions.dac_conversions, 16 * 128);
  spec.adc.tick = Time(100);  // 102.4 ns for a read's samples: the converter sets the pace
  EXPECT_EQ(mvm_timing(spec, 128, 16).convert, Time(16 * 102'400));
  spec.adc.timing = AdcTiming::after_integration;
  EXPECT_EQ(mvm_timing(spec, 128, 16).convert, Time(16 * (100'000 + 102'400))) << "without sample and hold";
  EXPECT_EQ(mvm_timing(spec, 128, 16).hold, Time{});
}

TEST(MvmTiming, StagesOfASmallShard) {
  const MvmTiming timing = mvm_timing(hermes(), 20, 33);
  EXPECT_EQ(timing.load, Time(3'000)) << "20 bytes, 8 a cycle";
  EXPECT_EQ(timing.affine, Time(3'000)) << "33 columns, 16 a cycle";
  EXPECT_EQ(timing.send, Time(9'000)) << "66 bytes, 8 a cycle";
  EXPECT_EQ(timing.latency(), Time(3'000 + 128'000 + 3'000));
  EXPECT_EQ(timing.period(), Time(128'000));
}

TEST(MvmTiming, PeriodIsTheSlowestStage) {
  TileSpec spec = hermes();
  spec.send_bytes_per_cycle = 1;
  EXPECT_EQ(mvm_timing(spec, 256, 256).period(), Time(512'000));
  spec.send_bytes_per_cycle = 64;
  spec.load_bytes_per_cycle = 1;
  EXPECT_EQ(mvm_timing(spec, 256, 256).period(), Time(256'000));
  spec.load_bytes_per_cycle = 64;
  spec.affine_per_cycle = 1;
  EXPECT_EQ(mvm_timing(spec, 256, 256).period(), Time(256'000));
}

TEST(MvmActions, EveryPhaseConvertsAgainAndBytesArePacked) {
  TileSpec spec = hermes();
  spec.input.bits = 6;
  spec.input.phases = 4;
  spec.partial_sum_bits = 12;
  const MvmActions actions = mvm_actions(spec, 100, 30);
  EXPECT_EQ(actions.dac_conversions, 400);
  EXPECT_EQ(actions.cell_reads, 12'000);
  EXPECT_EQ(actions.adc_conversions, 120);
  EXPECT_EQ(actions.affine, 30);
  EXPECT_EQ(actions.input_bytes, 75);
  EXPECT_EQ(actions.output_bytes, 45);
}

}  // namespace
}  // namespace aimc::tiles
