// Break-even from points made by hand.
#include <gtest/gtest.h>

#include "base/check/error.h"
#include "sim/experiment/break_even.h"
#include "sim/experiment/break_even_rates.h"

namespace aimc::sim {
namespace {

BreakEvenPoint point(const std::string& system, std::int64_t batch, double tokens_per_s, double j_per_token) {
  BreakEvenPoint p;
  p.system = system, p.batch = batch, p.context = 128;
  p.tokens_per_s = tokens_per_s, p.j_per_token = j_per_token;
  return p;
}

const Crossing& find(const std::vector<Crossing>& crossings, BreakEvenMetric metric) {
  return *std::ranges::find(crossings, metric, &Crossing::metric);
}

// The array's rate stays at 100, the processor's grows as its batch: they meet at 100 / 10 = batch 10. Energy of the
// processor falls as 1 / batch from 8 times the array's: batch 8.
TEST(BreakEven, PowerLawsCrossWhereTheyMeet) {
  BreakEvenResult result;
  result.hardware = "array";
  result.systems = {"array", "processor"};
  result.points = {point("array", 1, 100, 1), point("array", 32, 100, 1), point("processor", 1, 10, 8),
                   point("processor", 32, 320, 0.25)};
  const auto crossings = find_crossings(result);
  const Crossing& rate = find(crossings, BreakEvenMetric::tokens_per_s);
  EXPECT_FALSE(rate.ahead_at_first);
  ASSERT_TRUE(rate.batch.has_value());
  EXPECT_NEAR(*rate.batch, 10, 1e-9);
  EXPECT_NEAR(find(crossings, BreakEvenMetric::j_per_token).batch.value_or(0), 8, 1e-9);
  // No area is known, so nothing is said about it.
  EXPECT_EQ(crossings.size(), 2U);
}

RequestTiming sampled_every(double microseconds, int tokens) {
  RequestTiming request;
  for (int token = 1; token <= tokens; ++token)
    request.token_times.push_back(Time::from_seconds(microseconds * token * 1e-6));
  return request;
}

/// Two sequences of five tokens, one every 10 us and one every 20 us: 10 uJ of work, and 3 uJ of idle power over 100
/// us.
CostResult two_sequences(double efficiency) {
  CostResult cost;
  cost.timing.requests = {sampled_every(10, 5), sampled_every(20, 5)};
  cost.timing.elapsed = Time::from_seconds(100e-6);
  cost.energy.dynamic = Energy(10e-6);
  cost.energy.static_energy[1] = Energy(3e-6);
  cost.energy.total[1] = Energy(13e-6 / efficiency);
  return cost;
}

TEST(BreakEven, RatesOfTwoSequencesByHand) {
  static_assert(static_cast<int>(IdlePolicy::clock_gated) == 1);
  BreakEvenPoint point;
  point.batch = 2;
  fill_rates(two_sequences(1), 5, IdlePolicy::clock_gated, point);
  EXPECT_NEAR(point.tokens_per_s, 1 / 10e-6 + 1 / 20e-6, 1e-3);
  EXPECT_NEAR(point.time_per_output_token_s, 15e-6, 1e-12);
  // 10 uJ for 10 passes; 30 mW at 150,000 tokens a second.
  EXPECT_NEAR(point.j_per_token, 1e-6 + 0.2e-6, 1e-14);
  EXPECT_NEAR(point.static_share, 0.2 / 1.2, 1e-9);
}

TEST(BreakEven, LossesOfTheSuppliesRaiseWorkAndIdlePower) {
  BreakEvenPoint point;
  point.batch = 2;
  fill_rates(two_sequences(0.8), 5, IdlePolicy::clock_gated, point);
  EXPECT_NEAR(point.j_per_token, 1.5e-6, 1e-14);
  EXPECT_NEAR(point.static_share, 0.2 / 1.2, 1e-9);
  EXPECT_NEAR(point.tokens_per_s, 150e3, 1e-3);
}

TEST(BreakEven, WhatDoesNotFitIsLeftOut) {
  BreakEvenResult result;
  result.hardware = "array";
  result.systems = {"array", "processor"};
  result.points = {point("array", 1, 100, 1), point("array", 32, 100, 1), point("processor", 1, 10, 8),
                   point("processor", 32, 0, 0)};
  result.points.back().problem = "the KV cache does not fit";
  const auto crossings = find_crossings(result);
  EXPECT_FALSE(find(crossings, BreakEvenMetric::tokens_per_s).batch.has_value());
  EXPECT_FALSE(find(crossings, BreakEvenMetric::tokens_per_s).ahead_at_first);
}

TEST(BreakEven, PointsSurviveTheWayBetweenProcesses) {
  BreakEvenPoint sent = point("array", 8, 1.0 / 3, 2e-5);
  sent.mm2 = 5660.25, sent.static_share = 0.1, sent.time_per_output_token_s = 24;
  const BreakEvenPoint received = point_of_json(to_json(sent));
  EXPECT_EQ(received.system, "array");
  EXPECT_EQ(received.batch, 8);
  EXPECT_EQ(received.tokens_per_s, sent.tokens_per_s);
  EXPECT_EQ(received.j_per_token, sent.j_per_token);
  EXPECT_EQ(received.mm2, sent.mm2);
  EXPECT_THROW(static_cast<void>(point_of_json("half a li")), InputError);
}

TEST(BreakEven, OwnHardwareIsNoCompetitor) {
  ExperimentSpec spec;
  spec.hardware.name = "npu-w4";
  EXPECT_THROW(static_cast<void>(break_even_systems(spec)), ConfigError);
  spec.hardware.name = "chip";
  EXPECT_EQ(break_even_systems(spec), (std::vector<std::string>{"chip", "npu-w4", "gpu-roofline"}));
}

}  // namespace
}  // namespace aimc::sim
