#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "base/check/error.h"
#include "tiles/device/hooks.h"
#include "tiles/device/load_device.h"

// Check values of numerics C.2 to C.4, and the hot path against a plain double implementation.
namespace aimc::tiles {
namespace {

constexpr double hour = 3600, day = 86400, year = 31536000;

DeviceSpec spec_of(const std::string& name) { return load_device(device_file(name)); }
double programming_sigma(const DeviceSpec& spec, double g) {
  return ProgrammingHook(spec, 1).sigma(g, spec.converter.g_max);
}

struct Moments {
  double mean = 0, std = 0;
};
Moments moments(const std::vector<float>& values) {
  double sum = 0, squares = 0;
  for (const float value : values) sum += static_cast<double>(value);
  const double mean = sum / static_cast<double>(values.size());
  for (const float value : values) squares += std::pow(static_cast<double>(value) - mean, 2);
  return {mean, std::sqrt(squares / static_cast<double>(values.size()))};
}
std::vector<float> held(const DeviceOptions& options, float weight, double seconds, std::size_t count = 1000000) {
  std::vector<float> result(count);
  make_device(options)->hold(std::vector<float>(count, weight), {1, RandomKey(11), 0, seconds}, result);
  return result;
}

TEST(PcmLike, DriftsAndFluctuatesAsPublished) {
  const DeviceSpec spec = spec_of("pcm_like");
  const auto drift = make_drift(spec, 1);
  const ReadNoiseHook read(*spec.read_noise, 1);
  EXPECT_NEAR(drift->mean_factor(25, 25, hour), 0.77513, 1e-5);
  EXPECT_NEAR(drift->mean_factor(25, 25, day), 0.66352, 1e-5);
  EXPECT_NEAR(drift->mean_factor(25, 25, year), 0.49695, 1e-5);
  EXPECT_NEAR(drift->mean_factor(2.5, 25, hour), 0.73170, 1e-5);
  EXPECT_NEAR(drift->mean_factor(2.5, 25, day), 0.60470, 1e-5);
  EXPECT_NEAR(drift->mean_factor(2.5, 25, year), 0.42420, 1e-5);
  EXPECT_EQ(drift->mean_factor(25, 25, 0), 1);
  EXPECT_NEAR(read.relative_sigma(25, 25, 25, 0), 0.03682, 1e-5);
  EXPECT_NEAR(read.relative_sigma(25, 25, 25, day), 0.04476, 1e-5);
  EXPECT_NEAR(read.relative_sigma(2.5, 2.5, 25, 0), 0.16446, 1e-5);
  EXPECT_NEAR(read.relative_sigma(2.5, 2.5, 25, day), 0.19995, 1e-5);
  EXPECT_NEAR(programming_sigma(spec, 25), 1.05538, 1e-5);
}

TEST(PcmLike, TheProgrammingSigmaScalesWithTheWindow) {
  DeviceSpec spec = spec_of("pcm_like");
  spec.converter.g_max = 50;
  EXPECT_NEAR(programming_sigma(spec, 50), 2 * 1.05538, 1e-5);
}

TEST(Hermes, SigmaAtFullConductanceIsThePublishedOne) {
  EXPECT_NEAR(programming_sigma(spec_of("hermes_2"), 20.7), 1.09270, 1e-5);
  EXPECT_NEAR(programming_sigma(spec_of("hermes_1"), 10.35), 1.00757, 1e-5);
}

// Both branches of the exponent, by hand: 86700/300 to the power of -0.0977344, -0.069336, -0.026944.
TEST(Hermes, ExponentsHaveTwoBranches) {
  const auto drift = make_drift(spec_of("hermes_2"), 1);
  EXPECT_NEAR(drift->mean_factor(0.05 * 20.7, 20.7, day), std::pow(289.0, -0.0977344), 1e-5);
  EXPECT_NEAR(drift->mean_factor(0.2 * 20.7, 20.7, day), std::pow(289.0, -0.069336), 1e-6);
  EXPECT_NEAR(drift->mean_factor(0.9 * 20.7, 20.7, day), std::pow(289.0, -0.026944), 1e-6);
}

TEST(Wan2022, SigmaHasThePublishedValues) {
  const DeviceSpec spec = spec_of("reram_wan2022"), reference = spec_of("reram_wan2022_25us");
  const std::vector<std::pair<double, double>> table = {{0, 0.3480},   {0.1, 1.5562},  {0.25, 2.2583},
                                                        {0.5, 2.0229}, {0.75, 1.5330}, {1, 1.1030}};
  for (const auto& [rho, sigma] : table) {
    EXPECT_NEAR(programming_sigma(spec, 40 * rho), sigma, 5e-5) << rho;
    EXPECT_NEAR(programming_sigma(reference, 25 * rho), sigma, 5e-5) << rho;
  }
}

TEST(Wan2022, IsKnownAtItsTimesOnly) {
  const auto device = make_device({.model = "reram_wan2022"});
  for (const double seconds : {0.0, 1.0, day, 2 * day}) EXPECT_NO_THROW(device->check_time(seconds));
  try {
    device->check_time(hour);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("0 s, 1 s, 1 day, 2 days"));
  }
  // Two days after programming, at full conductance: sigma 2.677 uS of 40, around the target.
  const auto later = moments(held({.model = "reram_wan2022"}, 1, 2 * day));
  EXPECT_NEAR(later.std, std::hypot(2.677, 0.5838 * 0.782) / 40, 2e-4);  // the idle cell is half a normal
  EXPECT_NEAR(later.mean, 1 - 0.39894 * 0.782 / 40, 3e-4);
}

TEST(Cmo, ProgrammingDependsOnTheAcceptanceRange) {
  EXPECT_NEAR(programming_sigma(spec_of("reram_cmo"), 88.199997), 0.0950783, 1e-6);
  EXPECT_NEAR(programming_sigma(spec_of("reram_cmo_2percent"), 9), 0.1128310, 1e-6);
}

// Weight 0 lies at 48.6 uS: far from both ends of the window, so that clipping does nothing.
TEST(Cmo, RelaxesAndFluctuates) {
  const double window = (88.199997 - 9) / 2, middle = 9 + window;
  const auto later = moments(held({.model = "reram_cmo"}, 0, day));
  EXPECT_NEAR(later.mean * window, -0.08900206 * std::log(day), 0.003);
  const double relaxed = 0.04201137 * std::log(day) + 0.41183342;
  const double drifted = middle - 1.0117;
  const double read = 0.0277316483 * std::log10(drifted) * std::sqrt(std::log((day + 1e-6) / 2e-6));
  const double programmed = 0.00081107 + 0.00106879 * middle;
  EXPECT_NEAR(later.std * window, std::sqrt(relaxed * relaxed + read * read + programmed * programmed), 0.003);
  const auto once = moments(held({.model = "reram_cmo"}, 0, 0));
  EXPECT_NEAR(once.std * window / programmed, 1, 0.005);
}

TEST(StateIndependent, HasOneSigmaAndOneExponent) {
  const DeviceSpec spec = spec_of("state_independent");
  EXPECT_DOUBLE_EQ(programming_sigma(spec, 3), 0.2);
  EXPECT_NEAR(make_drift(spec, 1)->mean_factor(3, 25, hour), std::pow(181.0, -0.1), 1e-9);
  EXPECT_NEAR(ReadNoiseHook(*spec.read_noise, 1).relative_sigma(3, 2, 25, hour), 0.190590, 1e-5);
}

// Numerics C.2: the cell of the other sign is programmed to zero and cannot fall below, so it holds half a normal.
TEST(PcmLike, IdleCellsHoldAHalfNormal) {
  const DeviceOptions programmed{.model = "pcm_like", .effects = Effects::only(Effect::programming_noise)};
  const auto largest = moments(held(programmed, 1, 0));
  EXPECT_NEAR(1 - largest.mean, 0.26348 / std::sqrt(2 * std::numbers::pi) / 25, 1.5e-4);
  EXPECT_NEAR(largest.std, std::hypot(1.05538, 0.26348 * 0.58381) / 25, 1e-4);
  EXPECT_NEAR(moments(held(programmed, 0, 0)).mean, 0, 3e-5);  // of a zero weight both sides are alike
}

/// One weight of PcmLike a day after programming, in uS and double, with another generator: numerics C.2 as written.
double plain_cell(double target, double seconds, std::mt19937& generator) {
  std::normal_distribution<double> normal;
  const double rho = std::max(target / 25, 1e-7);
  const double programmed =
      std::max(0.0, target + (0.26348 + 1.9650 * target / 25 - 1.1731 * target * target / 625) * normal(generator));
  const double mean = std::clamp(-0.0155 * std::log(rho) + 0.0244, 0.049, 0.1);
  const double spread = std::clamp(-0.0125 * std::log(rho) - 0.0059, 0.008, 0.045);
  const double nu = std::fabs(mean + spread * normal(generator));
  const double drifted = programmed * std::pow((seconds + 20) / 20, -nu);
  const double share = std::min(0.0088 / std::max(std::pow(programmed / 25, 0.65), 1e-3), 0.2);
  const double sigma = drifted * share * std::sqrt(std::log((seconds + 20 + 250e-9) / 500e-9));
  return std::max(0.0, drifted + sigma * normal(generator));
}

TEST(PcmLike, AgreesWithAPlainImplementation) {
  constexpr int count = 200000;
  std::mt19937 generator(3);
  for (const float weight : {0.0F, 0.05F, -0.4F, 1.0F}) {
    std::vector<float> plain(count);
    const double target = std::fabs(static_cast<double>(weight)) * 25;
    for (float& value : plain) {
      const double active = plain_cell(target, day, generator), idle = plain_cell(0, day, generator);
      value = static_cast<float>((active - idle) / 25) * (weight < 0 ? -1.0F : 1.0F);
    }
    const Moments expected = moments(plain), got = moments(held({.model = "pcm_like"}, weight, day, count));
    EXPECT_NEAR(got.mean, expected.mean, 6 * expected.std / std::sqrt(count)) << weight;
    EXPECT_NEAR(got.std / expected.std, 1, 0.015) << weight;
  }
}

}  // namespace
}  // namespace aimc::tiles
