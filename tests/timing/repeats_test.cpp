// MVMs that bound management repeats keep their arrays busy: against sums written by hand.
#include <gtest/gtest.h>

#include "tests/timing/hand_made.h"

namespace aimc::sim {
namespace {

using aimc::testing::HandMade;
using aimc::testing::ns;
using tiles::VectorOperation;

constexpr StepId mvm_step = 2;  // of the chain, and its node

HandMade chain() {
  HandMade made;
  const StepId codes = made.vector(VectorOperation::quantize, 0, {made.embed()});
  made.sample(1, {made.mvm(0, codes)});
  return made;
}

/// So many retries of so many MVMs of the chain's linear.
Counts counted(Phase phase, std::int64_t retries, std::int64_t mvms) {
  Counts counts;
  counts.add({Action::retry, mvm_step, phase, 0}, retries);
  counts.add({Action::mvm, mvm_step, phase, 0}, mvms);
  return counts;
}

TimingOptions with(const Counts& counts) {
  TimingOptions options;
  options.repeats = MvmRepeats(counts);
  return options;
}

TEST(Repeats, HalfOfTheMvmsRepeatedTakeHalfAConversionMore) {
  const TimingResult result =
      simulate_timing(chain().program, InferenceWorkload::single(1, 1), with(counted(Phase::prefill, 3, 6)));
  // As in Chain.OneTokenTakesTheSumOfItsStages: 62.8 + 5 + 10 + 102 + 2 + 10 + 20, and half of 100.
  EXPECT_EQ(result.elapsed, ns(211.8 + 50));
  EXPECT_EQ(result.first_token.analog_mvm, ns(102 + 50));
  EXPECT_EQ(result.first_token.waiting, Time{});
  EXPECT_EQ(result.mvms, 1) << "energy is added from the counts, not here";
}

TEST(Repeats, PromptTokensFollowAtTheLongerPeriod) {
  const TimingResult result =
      simulate_timing(chain().program, InferenceWorkload::single(9, 1), with(counted(Phase::prefill, 1, 2)));
  // The digital unit embeds all nine before it encodes the first; then the array converts without a pause.
  EXPECT_EQ(result.elapsed, ns(9 * 62.8 + 5 + 10 + (1 + 9 * 150 + 1) + 2 + 10 + 20));
}

TEST(Repeats, PhasesHaveTheirOwnRates) {
  const TimingResult result =
      simulate_timing(chain().program, InferenceWorkload::single(1, 3), with(counted(Phase::decode, 4, 2)));
  ASSERT_EQ(result.token_times.size(), 3U);
  EXPECT_EQ(result.token_times[0], ns(211.8));
  EXPECT_EQ(result.token_times[1] - result.token_times[0], ns(211.8 + 200));
  EXPECT_EQ(result.decode.analog_mvm, ns(2 * (102 + 200)));
}

TEST(Repeats, OtherLinearsAreAsBefore) {
  Counts counts;
  counts.add({Action::retry, 1, Phase::prefill, 0}, 5);
  counts.add({Action::mvm, 1, Phase::prefill, 0}, 5);
  EXPECT_EQ(simulate_timing(chain().program, InferenceWorkload::single(1, 1), with(counts)).elapsed, ns(211.8));
}

TEST(Repeats, OnlyDriveAndConversionAreRepeatedAndHeldSamplesAwaited) {
  const tiles::MvmTiming once{.load = ns(1), .convert = ns(100), .affine = ns(2), .send = ns(3), .hold = ns(10)};
  const tiles::MvmTiming twice = MvmRepeats(counted(Phase::prefill, 6, 6)).repeated(once, mvm_step, Phase::prefill);
  EXPECT_EQ(twice.convert, ns(210));
  EXPECT_EQ(twice.load, once.load);
  EXPECT_EQ(twice.affine, once.affine);
  EXPECT_EQ(twice.send, once.send);
  EXPECT_EQ(twice.hold, once.hold);
  const MvmRepeats thirds(counted(Phase::decode, 7, 3));
  EXPECT_EQ(thirds.repeated(once, mvm_step, Phase::decode).convert, Time(100'000 + 2 * 110'000 + 36'667));
  EXPECT_EQ(thirds.repeated(once, mvm_step, Phase::prefill).convert, once.convert);
}

}  // namespace
}  // namespace aimc::sim
