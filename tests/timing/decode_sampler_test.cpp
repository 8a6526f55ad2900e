#include "sim/timing/decode_sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "sim/timing/decode_samples.h"

namespace aimc::sim {
namespace {

using TimeOf = std::function<Time(std::int64_t)>;

std::vector<std::int64_t> simulated(DecodeSampler& sampler, const TimeOf& time_of) {
  std::vector<std::int64_t> tokens;
  while (const auto token = sampler.next()) {
    tokens.push_back(*token);
    sampler.measured(*token, time_of(*token));
  }
  return tokens;
}

TEST(DecodeSampler, AStraightLineNeedsTheEndsAndOneMidpoint) {
  DecodeSampler sampler(100, 1100, {}, 0.001);
  EXPECT_EQ(simulated(sampler, [](std::int64_t token) { return Time(1000000 + 10 * token); }),
            (std::vector<std::int64_t>{100, 101, 1100, 600}));
  EXPECT_LT(sampler.largest_deviation(), 1e-12);
}

// The largest error of any token, not only of those checked, for a curve that bends.
TEST(DecodeSampler, ACurveIsFollowedWithinTheTolerance) {
  const TimeOf curve = [](std::int64_t token) {
    return Time(1000000 + static_cast<std::int64_t>(40.0 * std::pow(static_cast<double>(token), 1.6)));
  };
  DecodeSampler sampler(10, 4000, {}, 0.002);
  std::map<std::int64_t, DecodeSample> samples;
  for (const std::int64_t token : simulated(sampler, curve)) samples[token].path.stages.digital = curve(token);
  EXPECT_LT(samples.size(), 100U);
  EXPECT_LE(sampler.largest_deviation(), 0.002);
  const DecodeTotals totals = interpolate(samples);
  ASSERT_EQ(totals.times.size(), 3991U);
  for (std::int64_t token = 10; token <= 4000; ++token) {
    const double seen = totals.times[static_cast<std::size_t>(token - 10)].seconds();
    EXPECT_NEAR(seen / curve(token).seconds(), 1, 0.002) << token;
  }
}

TEST(DecodeSampler, AWindowThatFillsUpIsACorner) {
  const TimeOf window = [](std::int64_t token) { return Time(1000000 + 5000 * std::min<std::int64_t>(token, 137)); };
  DecodeSampler sampler(0, 1000, {137}, 1e-9);
  const std::vector<std::int64_t> tokens = simulated(sampler, window);
  EXPECT_LE(tokens.size(), 8U);
  EXPECT_LT(sampler.largest_deviation(), 1e-12);
}

TEST(DecodeSampler, AShortRunIsSimulatedWhole) {
  DecodeSampler sampler(3, 4, {}, 0.001);
  EXPECT_EQ(simulated(sampler, [](std::int64_t) { return Time(5); }), (std::vector<std::int64_t>{3, 4}));
}

TEST(DecodeSamples, PartsStillSumToTheTime) {
  DecodeSample a, b;
  a.path.stages = {Time(100), Time(7), Time(13), Time(1), Time(50), Time(0)};
  a.path.service[0] = Time(150);
  a.path.service[3] = Time(21);
  b.path.stages = {Time(100), Time(8), Time(99), Time(31), Time(50), Time(0)};
  b.path.service[0] = Time(151);
  b.path.service[3] = Time(137);
  b.path.wait(Resource::tile, 4, Time(37));
  a.activity = {{Component::crossbar_tile, 0, 1, 1, Time(90), 2}};
  b.activity = {{Component::crossbar_tile, 0, 1, 1, Time(290), 2}};
  const DecodeTotals totals = interpolate({{10, a}, {14, b}});
  ASSERT_EQ(totals.times.size(), 5U);
  Time span;
  for (const Time time : totals.times) span += time;
  EXPECT_EQ(totals.path.stages.total(), span);
  Time resources;
  for (std::size_t i = 0; i < resource_count; ++i) resources += totals.path.service[i] + totals.path.waiting[i];
  EXPECT_EQ(resources, span);
  EXPECT_EQ(totals.activity[0].busy, Time(90 + 140 + 190 + 240 + 290));
  EXPECT_EQ(totals.activity[0].wakes, 10);
}

}  // namespace
}  // namespace aimc::sim
