#include "sim/program/activation_buffers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check/error.h"
#include "tests/timing/hand_made.h"

namespace aimc::sim {
namespace {

using aimc::testing::HandMade;
using tiles::VectorOperation;

constexpr UnitAddress unit(std::uint32_t index) { return {Component::digital_unit, 0, index}; }

/// A residual around one array, 64 values of 2 bytes each.
class ActivationBuffers : public ::testing::Test {
 protected:
  ActivationBuffers() {
    const StepId embed = made.embed();
    const StepId norm = made.vector(VectorOperation::rms_norm, 0, {embed});
    const StepId codes = made.vector(VectorOperation::quantize, 0, {norm});
    const StepId product = made.mvm(0, codes);
    made.sample(1, {made.vector(VectorOperation::add, 0, {product, embed})});
  }
  HandMade made;
};

TEST_F(ActivationBuffers, WhatWaitsAndWhatIsMade) {
  const auto needs = activation_needs(made.program);
  ASSERT_EQ(needs.size(), 2U);
  // The sum: the product and the embedding it adds, and itself. Before it, norm and codes: 128 + 128 + 64 bytes.
  EXPECT_EQ(needs.at(unit(0)).every_token, 128 + 128 + 128);
  EXPECT_EQ(needs.at(unit(0)).sampled_token, 384);
  EXPECT_EQ(needs.at(unit(1)).every_token, 0) << "only sampled tokens come to the sampler";
  EXPECT_EQ(needs.at(unit(1)).sampled_token, 128);
}

TEST_F(ActivationBuffers, AsManyTokensAsFit) {
  EXPECT_EQ(tokens_that_buffers_hold(made.program), unlimited_tokens);
  DataSize& capacity = made.program.hardware.digital.buffer_capacity;
  capacity = DataSize(3 * 384);
  EXPECT_EQ(tokens_that_buffers_hold(made.program), 3);
  capacity = DataSize(3 * 384 - 1);
  EXPECT_EQ(tokens_that_buffers_hold(made.program), 2);
}

TEST_F(ActivationBuffers, OneTokenMustFit) {
  made.program.hardware.digital.buffer_capacity = DataSize(383);
  try {
    (void)tokens_that_buffers_hold(made.program);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("hardware.digital.buffer_capacity"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("384 B"));
  }
}

/// Bytes of weights that a prompt of 8 tokens streams for one digital product of 64 x 64 at 4 bits.
std::int64_t streamed_for_eight_tokens(DataSize capacity) {
  HandMade made;
  made.sample(2, {made.matmul(1, made.embed())});
  made.program.hardware.digital.buffer_capacity = capacity;
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(8, 1));
  return result.counts.total(Action::weight_read_byte);
}

TEST(PromptWindow, WithoutLimitAllTokensShareOneWeightStream) {
  EXPECT_EQ(streamed_for_eight_tokens(DataSize{}), 2048);
}

TEST(PromptWindow, WhatTheBuffersHoldSharesOneWeightStream) {
  // The product's unit keeps 64 bytes of codes and 128 of results a token: 4 tokens at a time.
  EXPECT_EQ(streamed_for_eight_tokens(DataSize(4 * 192)), 2 * 2048);
}

TEST_F(ActivationBuffers, AttentionUnitsHaveACapacityOfTheirOwn) {
  const StepId q = made.embed();
  (void)made.vector(VectorOperation::rope, 2, {made.attention(0, {q})});
  made.program.hardware.attention.buffer_capacity = DataSize(1024);
  EXPECT_EQ(tokens_that_buffers_hold(made.program), 1024 / (128 + 128)) << "its input and its result";
}

}  // namespace
}  // namespace aimc::sim
