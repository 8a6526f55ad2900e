#include <gtest/gtest.h>

#include <cmath>

#include "base/parallel/parallel.h"
#include "tests/functional/tiny_model.h"

namespace aimc::sim {
namespace {

using test::FloatModel;
using test::largest_difference;
using test::make_program;
using test::some_tokens;

const DeploymentNumerics pcm_noise{.device = {.model = "pcm"}};

class Deploy : public ::testing::Test {
 protected:
  Deploy() : graph(workloads::build_graph(test::tiny_config())), model(graph, weights) {}

  /// Logits of a deployment with calibrated ranges (maximum, so that nothing clips).
  Matrix logits(const Program& program, const DeploymentNumerics& numerics, std::uint64_t seed = 1) {
    const auto ranges = calibrate(program, model.shared, model.linears, {ids}, {.method = CalibrationMethod::maximum});
    const auto linears = build_linears(program, weights, numerics, ranges, seed);
    const FunctionalExecutor executor(program, model.shared, linears, 32);
    Sequence sequence = executor.new_sequence(static_cast<Index>(ids.size()));
    return executor.forward(ids, sequence, LogitsFor::every_token);
  }
  Program analog(int adc_bits) {
    Program program = make_program(graph, LinearUnit::analog, 10, 12);
    program.hardware.tile.adc.bits = adc_bits;
    return program;
  }
  double relative_error(const Matrix& values) {
    const Matrix reference = model.logits(ids);
    return (values - reference).norm() / reference.norm();
  }

  test::RandomWeights weights;
  workloads::Graph graph;
  FloatModel model;
  std::vector<TokenId> ids = some_tokens(20, 32);
};

TEST_F(Deploy, FloatDeploymentIsTheReference) {
  const auto program = make_program(graph, LinearUnit::floating_point, 10, 12);
  EXPECT_EQ(largest_difference(logits(program, {}), model.logits(ids)), 0);
}

TEST_F(Deploy, IdealDeviceApproachesTheReferenceWithBits) {
  double before = 1;
  for (const int bits : {6, 8, 10, 12}) {
    const double error = relative_error(logits(analog(bits), {}));
    EXPECT_LT(error, before) << bits;
    before = error;
  }
  EXPECT_LT(before, 0.03);  // what 8-bit inputs and the grid of 1/256 leave
}

TEST_F(Deploy, SeedsDifferAndRepeat) {
  for (const LinearUnit unit : {LinearUnit::floating_point, LinearUnit::analog}) {
    const auto program = make_program(graph, unit, 10, 12);
    const Matrix first = logits(program, pcm_noise, 1);
    EXPECT_EQ(largest_difference(first, logits(program, pcm_noise, 1)), 0);
    EXPECT_GT(largest_difference(first, logits(program, pcm_noise, 2)), 0.01F);
    EXPECT_GT(largest_difference(first, logits(program, {}, 1)), 0.01F);
  }
}

TEST_F(Deploy, FloatAndAnalogGetTheSameNoise) {
  // The noise moves the logits far more than converters of many bits do; so if it is the same, they stay close.
  const Matrix noisy_float = logits(make_program(graph, LinearUnit::floating_point, 10, 12), pcm_noise);
  const double moved = relative_error(noisy_float);
  const double apart = (logits(analog(14), pcm_noise) - noisy_float).norm() / noisy_float.norm();
  EXPECT_GT(moved, 5 * apart);
}

TEST_F(Deploy, NoiseOfALinearDoesNotDependOnTheOthers) {
  const auto program = make_program(graph, LinearUnit::floating_point, 10, 12);
  auto alone = program;
  alone.linears.erase(alone.linears.begin(), alone.linears.end() - 1);  // lm_head only
  const auto all = build_linears(program, weights, pcm_noise, {}, 3),
             one = build_linears(alone, weights, pcm_noise, {}, 3);
  const NodeId head = graph.find("lm_head")->id;
  const Matrix probe = Matrix::Identity(16, 16);
  Matrix a(16, 32), b(16, 32);
  tiles::LinearCounts counts;
  all.at(head)->forward(probe, a, counts);
  one.at(head)->forward(probe, b, counts);
  EXPECT_EQ(largest_difference(a, b), 0);
  EXPECT_GT(largest_difference(a, weights.read("lm_head.weight", 32, 16).transpose()), 1e-3F);
}

TEST_F(Deploy, NoiseIsPerRowTileOfTheHardware) {
  // One row tile of 16 or two of 8: other channel maxima, hence other noise.
  const Matrix two = logits(make_program(graph, LinearUnit::floating_point, 10, 12), pcm_noise);
  const Matrix one = logits(make_program(graph, LinearUnit::floating_point, 16, 12), pcm_noise);
  EXPECT_GT(largest_difference(one, two), 0.01F);
}

TEST_F(Deploy, ThreadsChangeNoBit) {
  const auto program = analog(8);
  set_thread_count(1);
  const Matrix one = logits(program, pcm_noise);
  set_thread_count(2);
  const Matrix two = logits(program, pcm_noise);
  set_thread_count(0);
  EXPECT_EQ(largest_difference(one, two), 0);
}

TEST_F(Deploy, DigitalIntegersAreCloseAndDeterministic) {
  auto program = make_program(graph, LinearUnit::digital, 10, 12);
  program.hardware.digital.weight_bits = 8;
  EXPECT_FALSE(is_random(program, pcm_noise));
  const Matrix eight = logits(program, pcm_noise, 1);
  EXPECT_EQ(largest_difference(eight, logits(program, pcm_noise, 2)), 0);
  EXPECT_LT(relative_error(eight), 0.05);
  program.hardware.digital.weight_bits = 4;
  EXPECT_GT(relative_error(logits(program, {})), relative_error(eight));
}

}  // namespace
}  // namespace aimc::sim
