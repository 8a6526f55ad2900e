#include "workloads/text/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/check/error.h"

namespace aimc::workloads {
namespace {

const RandomKey key(42);
// Probabilities 0.5, 0.25, 0.125, 0.125 in the order of ids 2, 0, 1, 3.
const std::vector<float> logits = {std::log(0.25F), std::log(0.125F), std::log(0.5F), std::log(0.125F)};

std::array<double, 4> frequencies(const SamplingSpec& spec, int draws = 40000) {
  std::array<double, 4> share{};
  for (int i = 0; i < draws; ++i)
    share[static_cast<std::size_t>(sample(logits, spec, key, static_cast<std::uint64_t>(i)))] += 1.0 / draws;
  return share;
}

// Five standard deviations of a share over 40,000 draws are at most 5 sqrt(0.25 / 40000) = 0.0125.
void expect_shares(const SamplingSpec& spec, const std::array<double, 4>& expected) {
  const auto share = frequencies(spec);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(share[i], expected[i], 0.0125) << "id " << i;
    EXPECT_TRUE(share[i] == 0 || expected[i] > 0) << "id " << i;
  }
}

TEST(Sampler, GreedyTakesTheLargestAndTheLowestIdOfEquals) {
  EXPECT_EQ(sample(logits, {}, key, 0), 2);
  EXPECT_EQ(sample(std::vector<float>{1, 3, 3, 2}, {}, key, 5), 1);
}

TEST(Sampler, TemperatureOneFollowsTheProbabilities) { expect_shares({1, 0, 1}, {0.25, 0.125, 0.5, 0.125}); }

// At temperature 1/2 the weights are squared: 16, 4, 1, 1 of 22.
TEST(Sampler, TemperatureSharpens) { expect_shares({0.5, 0, 1}, {4.0 / 22, 1.0 / 22, 16.0 / 22, 1.0 / 22}); }

TEST(Sampler, TopKKeepsTheLargestAndTheLowestIdsOfEquals) {
  expect_shares({1, 2, 1}, {1.0 / 3, 0, 2.0 / 3, 0});
  expect_shares({1, 3, 1}, {2.0 / 7, 1.0 / 7, 4.0 / 7, 0});
  expect_shares({1, 99, 1}, {0.25, 0.125, 0.5, 0.125});
}

TEST(Sampler, TopPKeepsTheFewestThatReachTheMass) {
  expect_shares({1, 0, 0.4}, {0, 0, 1, 0});
  expect_shares({1, 0, 0.6}, {1.0 / 3, 0, 2.0 / 3, 0});
  expect_shares({1, 0, 0.8}, {2.0 / 7, 1.0 / 7, 4.0 / 7, 0});
}

TEST(Sampler, ADrawDependsOnKeyAndPositionOnly) {
  const SamplingSpec spec{1, 0, 1};
  std::vector<TokenId> forward, backward;
  for (std::uint64_t i = 0; i < 50; ++i) forward.push_back(sample(logits, spec, key, i));
  for (std::uint64_t i = 50; i-- > 0;) backward.insert(backward.begin(), sample(logits, spec, key, i));
  EXPECT_EQ(forward, backward);
  std::vector<TokenId> other;
  for (std::uint64_t i = 0; i < 50; ++i) other.push_back(sample(logits, spec, RandomKey(43), i));
  EXPECT_NE(forward, other);
}

TEST(Sampler, BadInputIsRefused) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  EXPECT_THROW((void)sample(std::vector<float>{1, nan}, {}, key, 0), InputError);
  EXPECT_THROW((void)sample(std::vector<float>{infinity, 1}, {1, 0, 1}, key, 0), InputError);
  for (const SamplingSpec& bad : {SamplingSpec{-1, 0, 1}, SamplingSpec{std::nan(""), 0, 1}, SamplingSpec{1, -1, 1},
                                  SamplingSpec{1, 0, 0}, SamplingSpec{1, 0, 1.1}, SamplingSpec{1, 0, std::nan("")}})
    EXPECT_THROW(validate(bad), ConfigError);
  EXPECT_NO_THROW(validate(SamplingSpec{0.8, 40, 0.95}));
}

}  // namespace
}  // namespace aimc::workloads
