#include <gtest/gtest.h>

#include "sim/adapt/clip_weights.h"
#include "sim/adapt/learning_rate.h"
#include "tests/adapt/fixture.h"

namespace aimc::adapt {
namespace {

TEST(LearningRate, RisesAndFallsInStraightLines) {
  OptimiserSpec spec;
  spec.rate = 1;
  spec.last_rate = 0.2;
  spec.warm_up = 0.1;  // 10 of 100 steps
  EXPECT_DOUBLE_EQ(learning_rate(spec, 100, 0), 0);
  EXPECT_DOUBLE_EQ(learning_rate(spec, 100, 5), 0.5);
  EXPECT_DOUBLE_EQ(learning_rate(spec, 100, 10), 1);
  EXPECT_DOUBLE_EQ(learning_rate(spec, 100, 55), 0.6);
  EXPECT_DOUBLE_EQ(learning_rate(spec, 100, 100), 0.2);
}

TEST(LearningRate, FollowsThePointsOfASchedule) {
  OptimiserSpec spec;
  spec.rate = 2;
  spec.schedule = {{9, 1}, {20, 1}, {30, 0}};
  EXPECT_DOUBLE_EQ(learning_rate(spec, 31, 0), 0.2);  // from 0 before the first step
  EXPECT_DOUBLE_EQ(learning_rate(spec, 31, 9), 2);
  EXPECT_DOUBLE_EQ(learning_rate(spec, 31, 15), 2);
  EXPECT_DOUBLE_EQ(learning_rate(spec, 31, 25), 1);
  EXPECT_DOUBLE_EQ(learning_rate(spec, 31, 30), 0);
}

TEST(ClipWeights, HoldsEveryChannelWithinItsDeviations) {
  const workloads::Model model = test::tiny_model(64);
  AdaptSpec spec;
  spec.precision = Precision::fp32;
  spec.hardware.emplace();
  spec.analog.full_precision = {"up_proj"};
  Network network(model.graph, Parameters::drawn(model, 1, RandomKey(3), at::kCPU),
                  plan_linears(model.graph, spec, at::kCPU));
  const std::string clipped = "model.layers.0.mlp.gate_proj.weight", exact = "model.layers.0.mlp.up_proj.weight";
  const at::Tensor before = network.parameters().at(clipped).clone(), kept = network.parameters().at(exact).clone();
  clip_weights(network, 1.5);
  const at::Tensor after = network.parameters().at(clipped);
  for (std::int64_t o = 0; o < before.size(0); ++o) {
    // Bessel's correction: the squares are divided by 63.
    const at::Tensor centred = before[o] - before[o].mean();
    const double bound = 1.5 * std::sqrt(centred.square().sum().item<double>() / 63);
    for (std::int64_t i = 0; i < 64; ++i) {
      const double was = before[o][i].item<double>();
      EXPECT_NEAR(after[o][i].item<double>(), std::clamp(was, -bound, bound), 1e-5);
    }
  }
  EXPECT_TRUE(at::equal(network.parameters().at(exact), kept));
}

}  // namespace
}  // namespace aimc::adapt
