// What a step does around the gradients of its parts: D.6's decay, and steps that are left out.
#include "sim/adapt/training_step.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/adapt/fixture.h"

namespace aimc::adapt {
namespace {

class Step : public ::testing::Test {
 protected:
  Step() {
    spec_.precision = Precision::fp32;
    spec_.hardware.emplace();
    spec_.loss.distillation = 0;
    spec_.analog.weight_noise = 0;
    spec_.analog.clip = 0;
    spec_.ranges.initial_forwards = 0;
    spec_.optimiser.gradient_norm = 0;
    spec_.steps = 10;
    batch_.ids = at::arange(16, at::kLong).remainder(12).reshape({2, 8});
    batch_.targets = (batch_.ids + 1).remainder(12);
    batch_.scored = 16;
  }
  StepReport run() {
    network_ = std::make_unique<Network>(model_.graph, Parameters::drawn(model_, 0.5, RandomKey(3), at::kCPU),
                                         plan_linears(model_.graph, spec_, at::kCPU), spec_.ranges);
    network_->parameters().require_gradients();
    for (RangeGroup& group : network_->plan().groups) group.range.fill_(range_).requires_grad_(true);
    Optimiser optimiser(*network_, spec_.optimiser, spec_.ranges);
    workers_ = join_workers(at::kCPU);
    return TrainingStep(spec_, *network_, nullptr, optimiser, *workers_, at::kCPU).run(batch_, 5);
  }
  at::Tensor range_gradient() { return network_->plan().groups.front().range.grad(); }

  /// How far the noise moves the gradient of the weights, from that without noise.
  double moved_by(double noise) {
    spec_.analog.weight_noise = 0;
    run();
    const std::string name = "model.layers.0.mlp.up_proj.weight";
    const at::Tensor quiet = network_->parameters().at(name).grad().clone();
    spec_.analog.weight_noise = noise;
    run();
    return (network_->parameters().at(name).grad() - quiet).norm().item<double>();
  }

  workloads::Model model_ = test::tiny_model(8);
  AdaptSpec spec_;
  Batch batch_;
  float range_ = 1000;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Workers> workers_;
};

// Nothing reaches ranges of 1000: G is 0, and decay x range is all there is.
TEST_F(Step, RangesThatClipNothingArePulledSmaller) {
  spec_.ranges.decay = 0.25;
  EXPECT_FALSE(run().skipped);
  EXPECT_TRUE(at::allclose(range_gradient(), at::full_like(range_gradient(), 250.0F)));
  EXPECT_LT(network_->plan().groups.front().range[0].item<float>(), 1000);
}

// p_min is a strict bound: a fraction of exactly 1 does not exceed 1.
TEST_F(Step, RangesAreLeftWhereTheFractionIsNoMoreThanItsBound) {
  spec_.ranges.decay = 0.25;
  spec_.ranges.least_inside = 1;
  EXPECT_FALSE(run().skipped);
  EXPECT_EQ(range_gradient().abs().max().item<float>(), 0);
}

TEST_F(Step, GradientsAreScaledDownToTheirNorm) {
  spec_.ranges.decay = 0;
  const double norm = run().gradient_norm;
  const at::Tensor free = network_->parameters().at("model.norm.weight").grad().clone();
  spec_.optimiser.gradient_norm = norm / 4;
  EXPECT_NEAR(run().gradient_norm, norm, 1e-6 * norm);  // told as it was
  EXPECT_TRUE(at::allclose(network_->parameters().at("model.norm.weight").grad(), free / 4, 1e-5, 1e-9));
}

// A noise of half the size moves the gradient by a half; the mean over a noise and its mirror image, where what is odd
// in the noise cancels, by a quarter.
TEST_F(Step, MirroredNoiseCancelsToFirstOrder) {
  spec_.hardware.reset();
  spec_.analog.inputs = spec_.analog.outputs = false;
  EXPECT_NEAR(moved_by(0.02) / moved_by(0.01), 2, 0.3);
  spec_.analog.antithetic = true;
  EXPECT_NEAR(moved_by(0.02) / moved_by(0.01), 4, 0.3);
}

// A noise too small to change anything leaves means over two passes that are those of one.
TEST_F(Step, MirroredPassesAreMeans) {
  const auto look = [&] {
    const StepReport report = run();
    return std::pair(report.loss, network_->parameters().at("model.layers.0.mlp.up_proj.weight").grad().clone());
  };
  spec_.analog.weight_noise = 1e-9;
  const auto [loss, gradient] = look();
  spec_.analog.antithetic = true;
  const auto [mean_loss, mean_gradient] = look();
  EXPECT_NEAR(mean_loss, loss, 1e-6 * loss);
  EXPECT_TRUE(at::allclose(mean_gradient, gradient, 1e-5, 1e-9));
}

TEST_F(Step, WeightsAreClippedAfterwards) {
  spec_.analog.clip = 1;
  spec_.optimiser.rate = 0.1;
  EXPECT_FALSE(run().skipped);
  const at::Tensor clipped = network_->parameters().at("model.layers.0.mlp.up_proj.weight").detach();
  const at::Tensor largest = clipped.abs().amax(1);
  // Clipped at one deviation, many weights of a channel lie exactly at its bound.
  EXPECT_GT((clipped.abs() == largest.unsqueeze(1)).sum().item<std::int64_t>(), clipped.numel() / 6);
}

TEST_F(Step, AStepThatIsNotFiniteMovesNothing) {
  spec_.hardware.reset();
  spec_.analog.inputs = spec_.analog.outputs = false;
  spec_.loss.temperature = 1;
  batch_.scored = 16;
  const Parameters before = Parameters::drawn(model_, 0.5, RandomKey(3), at::kCPU);
  network_ = std::make_unique<Network>(model_.graph, Parameters::drawn(model_, 0.5, RandomKey(3), at::kCPU),
                                       plan_linears(model_.graph, spec_, at::kCPU), spec_.ranges);
  network_->parameters().require_gradients();
  {
    const at::NoGradGuard no_gradients;
    network_->parameters().at("model.norm.weight")[0] = INFINITY;
  }
  Optimiser optimiser(*network_, spec_.optimiser, spec_.ranges);
  workers_ = join_workers(at::kCPU);
  EXPECT_TRUE(TrainingStep(spec_, *network_, nullptr, optimiser, *workers_, at::kCPU).run(batch_, 5).skipped);
  const std::string name = "model.layers.0.mlp.up_proj.weight";
  EXPECT_TRUE(at::equal(network_->parameters().at(name), before.at(name)));
}

}  // namespace
}  // namespace aimc::adapt
