#include <gtest/gtest.h>

#include "tests/timing/hand_made.h"

namespace aimc::sim {
namespace {

using aimc::testing::HandMade;
using aimc::testing::ns;
using tiles::VectorOperation;

/// embed - quantize - mvm - mvm - sample, the second array on the first one's codes quantised again.
HandMade two_arrays() {
  HandMade made;
  const StepId first = made.mvm(0, made.vector(VectorOperation::quantize, 1, {made.embed()}));
  const StepId second = made.mvm(1, made.vector(VectorOperation::quantize, 2, {first}));
  made.sample(3, {second});
  return made;
}

TEST(Prefill, TokensFollowEachOtherAtThePaceOfTheSlowestStage) {
  const TimingResult result = simulate_timing(two_arrays().program, InferenceWorkload::single(50, 1));
  const Time fill = ns(62.8 + 10 + 5 + 10 + 102 + 2 + 10 + 5 + 10 + 102 + 2 + 10 + 20);
  EXPECT_EQ(result.time_to_first_token(), fill + 49 * ns(100));  // hardware.md 6.3: fill + (S - 1) x II
  EXPECT_EQ(result.first_token.total(), result.time_to_first_token());
  EXPECT_EQ(result.first_token.analog_mvm, ns(204));
}

TEST(Prefill, ASlowDigitalUnitSetsThePace) {
  HandMade made = two_arrays();
  made.program.hardware.digital.quantize.latency = ns(300);
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(50, 1));
  const Time fill = ns(62.8 + 10 + 300 + 10 + 102 + 2 + 10 + 300 + 10 + 102 + 2 + 10 + 20);
  EXPECT_EQ(result.time_to_first_token(), fill + 49 * ns(300));
}

TEST(Prefill, ASlowMemorySetsThePace) {
  HandMade made = two_arrays();
  made.program.hardware.dram.bandwidth = Bandwidth(0.1e9);  // 128 bytes in 1280 ns
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(20, 1));
  const Time fill = ns(1330 + 10 + 5 + 10 + 102 + 2 + 10 + 5 + 10 + 102 + 2 + 10 + 20);
  EXPECT_EQ(result.time_to_first_token(),
            fill + 19 * ns(1330));  // the unit waits for a row before it asks for the next
}

TEST(Prefill, SampledStepsRunForTheLastTokenOnly) {
  const TimingResult result = simulate_timing(two_arrays().program, InferenceWorkload::single(9, 4));
  EXPECT_EQ(result.counts.total(Action::sample), 4 * 64);
  EXPECT_EQ(result.mvms, 2 * (9 + 3));
  EXPECT_EQ(result.packets, 4 * (9 + 3) + 4);  // only sampled tokens' results go to the sampler
}

std::vector<BusyInterval> intervals_of(const TimingResult& result, StepId step) {
  std::vector<BusyInterval> intervals;
  for (const BusyInterval& interval : result.intervals) {
    if (interval.step == step) intervals.push_back(interval);
  }
  return intervals;
}

TEST(Prefill, AStepInTokenOrderWaitsForTheTokenBefore) {
  HandMade made = two_arrays();
  made.program.steps[2].order = sim::StepOrder::token_order;  // the first array; without it, MVMs would overlap
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(10, 3), {.keep_intervals = true});
  const std::vector<BusyInterval> intervals = intervals_of(result, 2);
  ASSERT_EQ(intervals.size(), 12U);
  for (std::size_t i = 1; i < intervals.size(); ++i) {
    EXPECT_EQ(intervals[i].token, static_cast<std::int64_t>(i));
    EXPECT_GE(intervals[i].begin, intervals[i - 1].end - ns(2));  // the result exists before it is sent
  }
  EXPECT_EQ(intervals[9].begin - intervals[8].begin, ns(102));
}

TEST(Prefill, AttentionSeesTheTokensInOrder) {
  HandMade made;
  const StepId x = made.embed();
  const StepId attention = made.attention(0, {made.mvm(0, x)});
  made.sample(1, {attention});
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(12, 2), {.keep_intervals = true});
  const std::vector<BusyInterval> intervals = intervals_of(result, attention);
  ASSERT_EQ(intervals.size(), 13U);
  for (std::size_t i = 1; i < intervals.size(); ++i) EXPECT_GE(intervals[i].begin, intervals[i - 1].end);
  // 256 bytes of KV a position, all positions read back: 1 + ... + 13, and 13 written
  EXPECT_EQ(result.counts.total(Action::kv_read_byte), 256 * (13 * 14 / 2));
  EXPECT_EQ(result.counts.total(Action::kv_write_byte), 256 * 13);
}

TEST(Prefill, ABlockOfTokensReadsTheCacheOnce) {
  HandMade made;
  const StepId attention = made.attention(0, {made.mvm(0, made.embed())});
  made.sample(1, {attention});
  made.program.hardware.dram.bandwidth = Bandwidth(0.1e9);  // 256 bytes of a position in 2.56 us
  const Time alone = aimc::testing::elapsed_of_child(made.program, InferenceWorkload::single(10, 1));
  made.program.hardware.attention.query_block = 4;
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(10, 3));
  EXPECT_EQ(result.counts.at({Action::kv_read_byte, attention, Phase::prefill, 0}), 256 * (4 + 8 + 10));
  EXPECT_EQ(result.counts.at({Action::kv_write_byte, attention, Phase::prefill, 0}), 256 * 10);
  EXPECT_EQ(result.counts.at({Action::kv_read_byte, attention, Phase::decode, 0}), 256 * (11 + 12));
  EXPECT_EQ(result.counts.total(Action::attention_mac), 2 * 64 * (12 * 13 / 2));
  // 55 positions less 22, which is what the memory was busy with most of the time
  EXPECT_EQ(alone - result.time_to_first_token(), ns(2560 * (55 - 22)));
}

}  // namespace
}  // namespace aimc::sim
