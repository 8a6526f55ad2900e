#include <gtest/gtest.h>

#include "sim/adapt/weight_average.h"
#include "tests/adapt/fixture.h"

namespace aimc::adapt {
namespace {

class Average : public ::testing::Test {
 protected:
  Average() {
    AdaptSpec spec;
    spec.precision = Precision::fp32;
    spec.hardware.emplace();
    network_ = std::make_unique<Network>(model_.graph, Parameters::drawn(model_, 1, RandomKey(3), at::kCPU),
                                         plan_linears(model_.graph, spec, at::kCPU));
  }
  void set(float value) {
    network_->parameters().at(gain_).fill_(value);
    network_->plan().groups.front().range.fill_(value);
  }
  float gain() { return network_->parameters().at(gain_)[0].item<float>(); }
  float range() { return network_->plan().groups.front().range[0].item<float>(); }

  const std::string gain_ = "model.norm.weight";
  workloads::Model model_ = test::tiny_model(8);
  std::unique_ptr<Network> network_;
};

// Young: the decay of step n is (1 + n) / (10 + n). 1 -> 1/10 x 1 + 9/10 x 11 = 10; then 2/11 x 10 + 9/11 x 21 = 19.
TEST_F(Average, YoungAverageForgetsItsStart) {
  set(1);
  WeightAverage average(*network_, 0.999);
  set(11);
  average.follow(0);
  set(21);
  average.follow(1);
  {
    const AveragedWeights averaged(average);
    EXPECT_NEAR(gain(), 19, 1e-5);
    EXPECT_NEAR(range(), 19, 1e-5);
  }
  EXPECT_EQ(gain(), 21);
  EXPECT_EQ(range(), 21);
}

TEST_F(Average, DecaysAsItIsTold) {
  set(0);
  WeightAverage average(*network_, 0.5);
  set(8);
  for (const int step : {1000, 1001, 1002}) average.follow(step);  // 4, 6, 7
  const AveragedWeights averaged(average);
  EXPECT_EQ(gain(), 7);
}

TEST_F(Average, WithoutOneTheNetworkIsItself) {
  WeightAverage none(*network_, 0);
  set(5);
  none.follow(0);
  const AveragedWeights averaged(none);
  EXPECT_EQ(gain(), 5);
  EXPECT_TRUE(none.values().empty());
}

}  // namespace
}  // namespace aimc::adapt
