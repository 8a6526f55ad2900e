// What a prompt's last token waits for behind the tokens before it.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/timing/hand_made.h"

namespace aimc::sim {
namespace {

using aimc::testing::elapsed_of_child;
using aimc::testing::HandMade;
using aimc::testing::ns;
using tiles::VectorOperation;

/// embed - attention - sample; 128 MACs a position, the KV cache in a memory channel of its own.
HandMade attending(std::int64_t macs_per_cycle) {
  HandMade made;
  made.program.hardware.attention.macs_per_cycle = macs_per_cycle;
  made.program.hardware.dram.channels = 2;
  const StepId attention = made.attention(0, {made.embed()});
  made.program.steps[attention].channel = 1;
  made.sample(3, {attention});
  return made;
}

ResourceTime of(const PathResources& path, Resource resource) {
  for (const ResourceTime& time : path.resources) {
    if (time.resource == resource) return time;
  }
  return {resource, Time{}, Time{}, path.total()};
}

Resource helps_most(const PathResources& path) {
  return std::ranges::min_element(path.resources, {}, &ResourceTime::bound)->resource;
}

// Rows of 128 bytes come every 62.8 ns (10 ns computing), attention of position p takes 50 + 25.6 (p + 1) + 30 ns, of
// which 2 p + 30 are computing. The last token comes to its attention at 20 x 62.8 + 10 = 1266 ns, when position 7 is
// in work since 1244 ns, and waits for it (30 ns of computing at its end) and for positions 8 to 19.
TEST(Attribution, TokenOrderBecomesTheMemoryThatEarlierTokensWaitFor) {
  const TimingResult result = simulate_timing(attending(64).program, InferenceWorkload::single(20, 1));
  const PathResources& path = result.first_token_path;
  EXPECT_EQ(path.total(), result.elapsed);
  EXPECT_EQ(result.elapsed, ns(72.8 + 20 * 131.2 + 25.6 * 190 + 10 + 20));
  const Time waited = ns(72.8 + 19 * 131.2 + 25.6 * 171 - 1266);
  const Time computed = ns(13 * 30 + 2 * (8 + 19) * 12 / 2);
  EXPECT_EQ(of(path, Resource::attention_unit).waiting, computed);
  EXPECT_EQ(of(path, Resource::attention_unit).service, ns(30 + 2 * 20));
  EXPECT_EQ(of(path, Resource::digital_unit).waiting, ns(19 * 10));
  EXPECT_EQ(of(path, Resource::memory_channel).waiting, waited - computed + ns(19 * 52.8));
  EXPECT_EQ(of(path, Resource::token_order).waiting, Time{});
  EXPECT_EQ(helps_most(path), Resource::memory_channel);
  EXPECT_EQ(path.most_waited, "memory channel 1");
}

TEST(Attribution, StagesStayTheTokensOwn) {
  const TimingResult result = simulate_timing(attending(64).program, InferenceWorkload::single(20, 1));
  EXPECT_EQ(result.first_token.attention, ns(30 + 2 * 20));
  EXPECT_EQ(result.first_token.digital, ns(10 + 20));
  EXPECT_EQ(result.first_token.kv_memory, ns(52.8 + 50 + 25.6 * 21 - 2 * 20));
  EXPECT_EQ(result.first_token.total(), result.elapsed);
}

TEST(Attribution, TokenOrderBecomesTheAttentionUnitThatMultipliesForEarlierTokens) {
  const TimingResult result = simulate_timing(attending(1).program, InferenceWorkload::single(20, 1));
  const PathResources& path = result.first_token_path;
  EXPECT_EQ(path.total(), result.elapsed);
  EXPECT_EQ(helps_most(path), Resource::attention_unit);
  EXPECT_GT(of(path, Resource::attention_unit).waiting, ns(19 * 20 / 2 * 128 - 20 * 128));
  EXPECT_EQ(of(path, Resource::token_order).waiting, Time{});
}

/// The program with memory, or the attention unit, that take next to no time.
Program with_fast_memory(Program program) {
  program.hardware.dram.bandwidth = Bandwidth(1e16);
  program.hardware.dram.latency = Time{};
  return program;
}
Program with_fast_attention(Program program) {
  program.hardware.attention.clock = Frequency(1e11);
  program.hardware.attention.macs_per_cycle = 1 << 20;
  program.hardware.attention.latency = Time{};
  return program;
}

class AttributionBound : public ::testing::TestWithParam<std::tuple<int, int>> {};

// Attention at different speeds, prompts of different lengths.
TEST_P(AttributionBound, IsNotAboveWhatFasterHardwareTakes) {
  const auto [macs, tokens] = GetParam();
  const Program program = attending(macs).program;
  const InferenceWorkload workload = InferenceWorkload::single(tokens, 1);
  const Time fast_memory = elapsed_of_child(with_fast_memory(program), workload);
  const Time fast_attention = elapsed_of_child(with_fast_attention(program), workload);
  const TimingResult result = simulate_timing(program, workload);
  EXPECT_LE(of(result.first_token_path, Resource::memory_channel).bound, fast_memory);
  EXPECT_LE(of(result.first_token_path, Resource::attention_unit).bound, fast_attention);
}
INSTANTIATE_TEST_SUITE_P(Programs, AttributionBound,
                         ::testing::Combine(::testing::Values(1, 4, 16, 1024), ::testing::Values(1, 5, 40)));

}  // namespace
}  // namespace aimc::sim
