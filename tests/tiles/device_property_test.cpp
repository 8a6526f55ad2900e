#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/check/error.h"
#include "tiles/device/conductance_converter.h"
#include "tiles/device/hooks.h"
#include "tiles/device/load_device.h"

namespace aimc::tiles {
namespace {

constexpr double day = 86400;

std::vector<float> some_weights(std::size_t count) {
  std::vector<float> weights(count);
  for (std::size_t i = 0; i < count; ++i)
    weights[i] = static_cast<float>(std::sin(static_cast<double>(i) * 0.37)) * 0.8F;
  return weights;
}
std::vector<float> held(const Device& device, const std::vector<float>& weights, double seconds,
                        std::uint64_t seed = 1) {
  std::vector<float> result(weights.size());
  device.hold(weights, {0.8F, RandomKey(seed), 1000, seconds}, result);
  return result;
}

class EveryDevice : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Registry, EveryDevice, ::testing::ValuesIn(device_models()));

// The noise of a weight belongs to its place: whole channels, any pieces of them and any order give the same bits.
TEST_P(EveryDevice, PiecesInAnyOrderGiveTheSameBits) {
  const auto device = make_device({.model = GetParam(), .stuck_low = 0.01, .stuck_high = 0.01});
  const auto weights = some_weights(1500);
  for (const double seconds : {0.0, day}) {
    const auto whole = held(*device, weights, seconds);
    std::vector<float> pieces(weights.size());
    for (const auto& [begin, end] : {std::pair{700, 1500}, {0, 1}, {1, 513}, {513, 700}}) {
      const auto length = static_cast<std::size_t>(end - begin);
      device->hold(std::span(weights).subspan(static_cast<std::size_t>(begin), length),
                   {0.8F, RandomKey(1), 1000 + static_cast<std::uint64_t>(begin), seconds},
                   std::span(pieces).subspan(static_cast<std::size_t>(begin), length));
    }
    EXPECT_EQ(whole, pieces) << seconds;
  }
}

TEST_P(EveryDevice, WithoutEffectsHoldsTheTargetExactly) {
  const auto device = make_device({.model = GetParam(), .effects = Effects::none(), .stuck_low = 0.5});
  const auto weights = some_weights(600);
  EXPECT_EQ(held(*device, weights, 0), weights);
  EXPECT_EQ(held(*device, weights, day), weights);
  EXPECT_FALSE(device->is_random());
  EXPECT_FALSE(device->changes_with_time());
}

TEST_P(EveryDevice, ChangesWithTheSeedIfItSaysSo) {
  const auto device = make_device({.model = GetParam()});
  const auto weights = some_weights(600);
  EXPECT_EQ(held(*device, weights, 0, 1) != held(*device, weights, 0, 2), device->is_random());
  EXPECT_EQ(held(*device, weights, 0) != held(*device, weights, day), device->changes_with_time());
}

TEST_P(EveryDevice, ZerosOfAChannelOfZerosStayFinite) {
  const auto device = make_device({.model = GetParam()});
  std::vector<float> result(100);
  device->hold(std::vector<float>(100, 0.0F), {0, RandomKey(1), 0, day}, result);
  for (const float weight : result) EXPECT_LT(std::fabs(weight), 1e-4F);
}

// Vectorised curves in fp32 against the same pieces in double.
TEST_P(EveryDevice, CurvesAreTheSameInBothPrecisions) {
  const DeviceSpec spec = device_spec({.model = GetParam()});
  const double full = spec.unit == ConductanceUnit::weight ? 1 : spec.converter.g_max;
  std::vector<CurveSpec> curves;
  if (spec.programming) curves.push_back(spec.programming->sigma);
  if (spec.drift && spec.drift->power_law) {
    curves.push_back(spec.drift->power_law->exponent_mean);
    curves.push_back(spec.drift->power_law->exponent_std);
  }
  if (spec.read_noise && spec.read_noise->relative_sigma) curves.push_back(*spec.read_noise->relative_sigma);
  if (spec.read_noise && spec.read_noise->sigma) curves.push_back(*spec.read_noise->sigma);
  EXPECT_EQ(curves.empty(), GetParam() == "none");
  std::vector<float> g(401), value(401);
  for (std::size_t i = 0; i < g.size(); ++i) g[i] = static_cast<float>(full * static_cast<double>(i) / 400.0);
  for (const CurveSpec& piece : curves) {
    const Curve curve(piece);
    curve.evaluate(g.data(), 401, full, 2, value.data());
    for (std::size_t i = 0; i < g.size(); ++i)
      EXPECT_NEAR(value[i], 2 * curve.at(static_cast<double>(g[i]), full), 1e-5 * full) << g[i];
  }
}

TEST(Drift, EveryCellFallsOnWithTime) {
  for (const char* model : {"pcm_like", "hermes_1", "hermes_2", "state_independent"}) {
    const auto device = make_device({.model = model, .effects = Effects::only(Effect::drift)});
    const std::vector<float> weights(2000, 0.8F);
    auto before = held(*device, weights, 0);
    EXPECT_EQ(before, weights);
    for (const double seconds : {1.0, 60.0, 3600.0, day, 365 * day}) {
      const auto now = held(*device, weights, seconds);
      for (std::size_t i = 0; i < now.size(); ++i) ASSERT_LE(now[i], before[i]) << model << " " << seconds;
      before = now;
    }
    EXPECT_LT(std::accumulate(before.begin(), before.end(), 0.0), 0.85 * 0.8 * 2000);
  }
}

TEST(Effects, AreIndependentOfEachOther) {
  const std::vector<float> weights = some_weights(512);
  const auto without_read = make_device({.model = "pcm_like", .effects = Effects::all().without(Effect::read_noise)});
  const auto programmed = make_device({.model = "pcm_like", .effects = Effects::only(Effect::programming_noise)});
  EXPECT_EQ(held(*without_read, weights, 0), held(*programmed, weights, 0));  // the same cells, drift or not
  EXPECT_NE(held(*without_read, weights, day), held(*programmed, weights, day));
  EXPECT_EQ(held(*programmed, weights, day), held(*programmed, weights, 0));
}

TEST(Faults, StickTheirSharesOfTheCells) {
  constexpr std::size_t count = 400000;
  const auto device = make_device({.model = "none", .stuck_low = 0.10, .stuck_high = 0.05});
  std::vector<float> result(count);
  device->hold(std::vector<float>(count, 0.5F), {1, RandomKey(4), 0, 0}, result);
  // Of the two cells of weight 0.5 one holds 0.5 and one 0.
  const auto share = [&](float value) {
    return static_cast<double>(std::count(result.begin(), result.end(), value)) / static_cast<double>(count);
  };
  EXPECT_NEAR(share(0.5F), 0.85 * 0.95, 0.003);
  EXPECT_NEAR(share(0), 0.10 * 0.95 + 0.05 * 0.05, 0.002);
  EXPECT_NEAR(share(1), 0.05 * 0.95, 0.002);
  EXPECT_NEAR(share(-0.5F), 0.85 * 0.05, 0.002);
  EXPECT_NEAR(share(-1), 0.10 * 0.05, 0.002);
}

TEST(Faults, AreTheSameCellsAtAllTimes) {
  const auto stuck = make_device({.model = "pcm_like", .stuck_low = 0.3});
  const auto ideal = make_device({.model = "none", .stuck_low = 0.3});
  const std::vector<float> weights(5000, 0.8F);
  const auto at_once = held(*stuck, weights, 0), later = held(*stuck, weights, day), alone = held(*ideal, weights, 0);
  for (std::size_t i = 0; i < weights.size(); ++i) {  // a stuck positive cell leaves what the idle one holds
    EXPECT_EQ(alone[i] == 0, at_once[i] < 0.2F) << i;
    EXPECT_EQ(alone[i] == 0, later[i] < 0.1F) << i;
  }
}

TEST(Faults, OfASignedCoordinateHaveBothSigns) {
  const auto device = make_device({.model = "pcm", .effects = Effects::only(Effect::faults), .stuck_high = 0.2});
  constexpr float maximum = 1.0F - 0x1p-14F;  // 180 counts are 1 exactly
  std::vector<float> result(100000);
  device->hold(std::vector<float>(result.size(), 0.0F), {maximum, RandomKey(4), 0, 0}, result);
  EXPECT_NEAR(static_cast<double>(std::count(result.begin(), result.end(), 1.0F)), 10000, 400);
  EXPECT_NEAR(static_cast<double>(std::count(result.begin(), result.end(), -1.0F)), 10000, 400);
}

// Numerics C.1: with factors 1 and 4 a weight of 0.2 fills the lower pair and leaves the higher one empty.
TEST(PairConverter, FillsLowerPairsFirst) {
  const ConverterSpec spec{.g_max = 20, .g_min = 2, .significance = {1, 4}};
  const auto converter = make_pair_converter(spec);
  ASSERT_EQ(converter->planes(), 4);
  const std::vector<float> weights = {0.1F, 0.2F, -0.6F, 1.0F};
  const std::vector<std::vector<float>> planes = {{11, 20, 2, 20}, {2, 2, 20, 2}, {2, 2, 2, 20}, {2, 2, 11, 2}};
  std::vector<float> back(4), cells(4);
  for (int plane = 0; plane < 4; ++plane) {
    converter->to_cells(plane, weights.data(), 4, 1, cells.data());
    EXPECT_THAT(cells, ::testing::Pointwise(::testing::FloatNear(1e-4F), planes[static_cast<std::size_t>(plane)]));
    converter->to_weights(plane, cells.data(), 4, 1, back.data());
  }
  EXPECT_THAT(back, ::testing::Pointwise(::testing::FloatNear(1e-6F), weights));
}

TEST(SingleDeviceConverter, SpansTheWindow) {
  const auto converter = make_single_device_converter({.kind = ConverterKind::single_device, .g_max = 88, .g_min = 8});
  const std::vector<float> weights = {-2, 0, 2};
  std::vector<float> cells(3), back(3);
  converter->to_cells(0, weights.data(), 3, 2, cells.data());
  EXPECT_THAT(cells, ::testing::ElementsAre(8, 48, 88));
  converter->to_weights(0, cells.data(), 3, 2, back.data());
  EXPECT_EQ(back, weights);
}

TEST(DeviceOptions, OutOfRangeAreTheUsersErrors) {
  EXPECT_THROW(static_cast<void>(make_device({.model = "pcm", .stuck_low = 0.6, .stuck_high = 0.6})), ConfigError);
  EXPECT_THROW(static_cast<void>(make_device({.model = "pcm", .drift_scale = -1})), ConfigError);
  EXPECT_THROW(static_cast<void>(make_device({.model = "none", .programming_scale = std::nan("")})), ConfigError);
}

TEST(DeviceOptions, ScalesMultiplyTheirHook) {
  const std::vector<float> weights(200000, 0.8F);
  const auto spread = [&](double scale) {
    const auto device = make_device(
        {.model = "hermes_2", .effects = Effects::only(Effect::programming_noise), .programming_scale = scale});
    double squares = 0;
    for (const float weight : held(*device, weights, 0)) squares += std::pow(static_cast<double>(weight) - 0.8, 2);
    return std::sqrt(squares);
  };
  EXPECT_NEAR(spread(0.5) / spread(1), 0.5, 0.01);
  const auto frozen = make_device({.model = "pcm_like", .effects = Effects::only(Effect::drift), .drift_scale = 0});
  for (const float weight : held(*frozen, {0.8F, -0.3F}, day)) EXPECT_GT(std::fabs(weight), 0.2999F);
}

}  // namespace
}  // namespace aimc::tiles
