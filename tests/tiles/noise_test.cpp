#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/check/error.h"
#include "tiles/device/device.h"
#include "tiles/device/hooks.h"
#include "tiles/device/load_device.h"

namespace aimc::tiles {
namespace {

// The model adds 2^-14 to the channel's maximum; with this maximum one count is 1/180 exactly.
constexpr float unit_maximum = 1.0F - 0x1p-14F;

std::vector<float> program(const Device& noise, const std::vector<float>& target, float maximum,
                           std::uint64_t seed = 1) {
  std::vector<float> programmed(target.size());
  noise.hold(target, {maximum, RandomKey(seed), 0}, programmed);
  return programmed;
}

double standard_deviation(const std::vector<float>& values) {
  double sum = 0, squares = 0;
  for (const float value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  for (const float value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

double pcm_sigma(double g) { return ProgrammingHook(load_device(device_file("pcm")), 1).sigma(g, 180); }

// Numerics B.1, sigma check values.
TEST(PcmNoise, SigmaHasThePublishedValues) {
  const std::vector<std::pair<double, double>> table = {{0.6000001, 2.71293}, {10, 4.47953},  {52.5, 8.36228},
                                                        {60, 8.49647},        {100, 8.42499}, {150, 11.78818},
                                                        {180, 19.19841}};
  for (const auto& [g, sigma] : table) EXPECT_NEAR(pcm_sigma(g), sigma, 1e-5) << g;
  EXPECT_NEAR(pcm_sigma(-100), 8.42499, 1e-5);
}

TEST(PcmNoise, SwitchesToTwoDevicesAbove52p5) {
  EXPECT_NEAR(pcm_sigma(52.5), 8.36228, 1e-5);
  EXPECT_NEAR(pcm_sigma(52.5001), 8.35493, 2e-5);
}

TEST(PcmNoise, DeadZoneEndsAt0p6) {
  const auto noise = make_device({.model = "pcm"});
  // All weights of a channel share one normal each; none of 1000 draws is 0.
  const std::vector<float> below(1000, 0.5999F / 180), at(1000, 0.6000001F / 180);
  EXPECT_THAT(program(*noise, below, unit_maximum), ::testing::Each(0.0F));
  EXPECT_THAT(program(*noise, at, unit_maximum), ::testing::Each(::testing::Ne(0.0F)));
  const std::vector<float> negative(1000, -0.5999F / 180);
  EXPECT_THAT(program(*noise, negative, unit_maximum), ::testing::Each(0.0F));
}

TEST(PcmNoise, EmpiricalSigmaIsWithinHalfAPercent) {
  const auto noise = make_device({.model = "pcm"});
  for (const auto& [g, sigma] : {std::pair{10.0F, 4.47953}, {60.0F, 8.49647}, {180.0F, 19.19841}}) {
    const auto programmed = program(*noise, std::vector<float>(1000000, g / 180), unit_maximum);
    EXPECT_NEAR(standard_deviation(programmed) * 180 / sigma, 1.0, 0.005) << g;
  }
}

TEST(PcmNoise, IsRelativeToTheChannelMaximum) {
  const auto noise = make_device({.model = "pcm"});
  const auto small = program(*noise, std::vector<float>(100000, 0.5F), 1.0F);
  const auto large = program(*noise, std::vector<float>(100000, 50.0F), 100.0F);
  EXPECT_NEAR(standard_deviation(large) / standard_deviation(small), 100, 0.02);
}

// Numerics B.1: Gaussian weights clipped at alpha sigma, signal to quantisation noise in dB; the channel maximum is the
// clip.
TEST(PcmNoise, ClippedGaussianWeightsHaveTheKnownSignalToNoise) {
  const auto noise = make_device({.model = "pcm"});
  std::mt19937 generator(5);
  std::normal_distribution<float> normal;
  const std::vector<std::pair<float, double>> expected = {{2, 19.6},    {2.5F, 19.1}, {3, 18.2}, {3.5F, 17.3},
                                                          {4.5F, 15.7}, {6, 14.0},    {10, 11.1}};
  for (const auto& [alpha, decibel] : expected) {
    std::vector<float> target(1000000);
    for (float& weight : target) weight = std::clamp(normal(generator), -alpha, alpha);
    const auto programmed = program(*noise, target, alpha);
    double signal = 0, error = 0;
    for (std::size_t i = 0; i < target.size(); ++i) {
      signal += double(target[i]) * target[i];
      error += std::pow(double(programmed[i]) - target[i], 2);
    }
    EXPECT_NEAR(10 * std::log10(signal / error), decibel, 0.1) << alpha;
  }
}

TEST(AdditiveNoise, HasTheGivenShareOfTheMaximumEverywhere) {
  const auto noise = make_device({.model = "additive", .additive_sigma = 0.05});
  for (const float weight : {0.0F, 0.001F, -0.3F, 2.0F}) {
    auto programmed = program(*noise, std::vector<float>(1000000, weight), 2.0F);
    EXPECT_NEAR(standard_deviation(programmed), 0.1, 0.0005);
  }
}

TEST(NoiseModels, SameKeySameNoiseOtherKeyOtherNoise) {
  for (const char* model : {"pcm", "additive"}) {
    const auto noise = make_device({.model = model});
    const std::vector<float> target(100, 0.5F);
    EXPECT_EQ(program(*noise, target, 1, 7), program(*noise, target, 1, 7));
    EXPECT_NE(program(*noise, target, 1, 7), program(*noise, target, 1, 8));
    std::vector<float> tail(60);
    noise->hold(std::span(target).first(60), {1, RandomKey(7), 40}, tail);
    const auto all = program(*noise, target, 1, 7);
    EXPECT_TRUE(std::equal(tail.begin(), tail.end(), all.begin() + 40));  // the numbers belong to the weight's place
  }
}

TEST(NoiseModels, NoneLeavesTheTarget) {
  const std::vector<float> target = {0.1F, -3.0F, 0.0F};
  EXPECT_EQ(program(*make_device({.model = "none"}), target, 3.0F), target);
}

TEST(NoiseModels, UnknownNameListsTheKnownOnes) {
  try {
    static_cast<void>(make_device({.model = "reram"}));
    FAIL();
  } catch (const ConfigError& error) {
    for (const std::string& name : device_models()) EXPECT_THAT(error.what(), ::testing::HasSubstr(name));
  }
  EXPECT_THROW(static_cast<void>(make_device({.model = "additive", .additive_sigma = -1})), ConfigError);
}

}  // namespace
}  // namespace aimc::tiles
