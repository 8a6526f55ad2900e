// The per-layer view against the same numbers found the long way: one network at a time, sums in plain double.
#include <gtest/gtest.h>

#include <cmath>

#include "base/parallel/parallel.h"
#include "sim/evaluate/linear_quality.h"
#include "tests/functional/tiny_model.h"

namespace aimc::sim {
namespace {

using test::FloatModel;
using test::make_program;
using test::some_tokens;

constexpr Index tokens = 11;

double plain_sqnr(const Matrix& reference, const Matrix& values) {
  double signal = 0, error = 0;
  for (Index i = 0; i < reference.size(); ++i) {
    const double y = reference.data()[i], difference = static_cast<double>(values.data()[i]) - y;
    signal += y * y;
    error += difference * difference;
  }
  return 10 * std::log10(signal / error);
}

std::vector<double> softmax(const Matrix& logits, Index row) {
  std::vector<double> p;
  double sum = 0;
  for (Index i = 0; i < logits.cols(); ++i) sum += p.emplace_back(std::exp(static_cast<double>(logits(row, i))));
  for (double& value : p) value /= sum;
  return p;
}

double plain_divergence(const Matrix& reference, const Matrix& logits) {
  double sum = 0;
  for (Index row = 0; row < reference.rows(); ++row) {
    const auto p = softmax(reference, row), q = softmax(logits, row);
    for (std::size_t i = 0; i < p.size(); ++i) sum += p[i] * std::log(p[i] / q[i]);
  }
  return sum / static_cast<double>(reference.rows());
}

class LinearQualities : public ::testing::Test {
 protected:
  LinearQualities()
      : graph(workloads::build_graph(test::tiny_config())),
        model(graph, weights),
        program(make_program(graph, LinearUnit::analog, 10, 12)) {
    plan.name = "chip";
    plan.program = &program;
    plan.numerics.device.model = "pcm";
    plan.ranges = calibrate(program, model.shared, model.linears, {probe},
                            {.method = CalibrationMethod::standard_deviation, .standard_deviations = 1.5});
  }

  std::vector<LinearQuality> measure(Index logits_of_a_pass = default_logits_of_a_pass) const {
    LinearStore store(weights);
    return measure_linears(plan, store, model.shared, probe, 5, logits_of_a_pass);
  }

  /// Inputs [tokens, in] of every linear while a network runs, and its logits.
  struct Trace {
    std::map<NodeId, Matrix> inputs;
    Matrix logits;
  };
  Trace trace(const LinearSet& linears) const {
    const FunctionalExecutor executor(program, model.shared, linears, 32);
    Sequence sequence = executor.new_sequence(tokens);
    Trace result;
    const InputObserver observer = [&](NodeId linear, MatrixView input) { result.inputs[linear] = input; };
    result.logits = executor.forward(probe, sequence, LogitsFor::every_token, nullptr, Phase::prefill, &observer);
    return result;
  }
  static Matrix output(const tiles::Linear& linear, const Matrix& x, tiles::LinearCounts& counts) {
    Matrix y(x.rows(), linear.out_features());
    linear.forward(x, y, counts);
    return y;
  }

  test::RandomWeights weights;
  workloads::Graph graph;
  FloatModel model;
  Program program;
  std::vector<TokenId> probe = some_tokens(tokens, 32);
  DeploymentPlan plan;
};

TEST_F(LinearQualities, AreThoseOfOneNetworkAtATime) {
  const auto deployed = build_linears(program, weights, plan.numerics, plan.ranges, noise_seed(5, 0));
  const Trace reference = trace(model.linears), network = trace(deployed);
  const auto qualities = measure();
  ASSERT_EQ(qualities.size(), program.linears.size());
  for (const auto& quality : qualities) {
    const NodeId id = quality.linear;
    SCOPED_TRACE(graph.node(id).name);
    tiles::LinearCounts unused, counts;
    const Matrix expected = output(*model.linears.at(id), reference.inputs.at(id), unused);
    EXPECT_NEAR(quality.sqnr_db, plain_sqnr(expected, output(*deployed.at(id), reference.inputs.at(id), counts)), 1e-6);
    EXPECT_NEAR(quality.sqnr_in_network_db,
                plain_sqnr(expected, output(*deployed.at(id), network.inputs.at(id), unused)), 1e-6);
    LinearSet one = model.linears;
    one[id] = deployed.at(id);
    EXPECT_NEAR(quality.kl_nats, plain_divergence(reference.logits, trace(one).logits), 1e-9);
    EXPECT_GT(quality.kl_nats, 0);
  }
}

TEST_F(LinearQualities, ClipRatesAreSharesOfInputsBeyondTheRange) {
  const Trace reference = trace(model.linears);
  double most = 0;
  for (const auto& quality : measure()) {
    const Matrix& x = reference.inputs.at(quality.linear);
    Index beyond = 0, column = 0;
    const auto& placement = program.placement(quality.linear);
    for (std::size_t t = 0; t < placement.row_tiles.size(); ++t) {
      const float range = plan.ranges.at(quality.linear)[t];
      beyond += (x.middleCols(column, placement.row_tiles[t]).array().abs() > range).count();
      column += placement.row_tiles[t];
    }
    EXPECT_DOUBLE_EQ(quality.dac_clip_rate, static_cast<double>(beyond) / static_cast<double>(x.size()));
    EXPECT_EQ(quality.adc_clip_rate, 0);  // ten devices cannot reach a bound of fourteen
    most = std::max(most, quality.dac_clip_rate);
  }
  EXPECT_GT(most, 0.01);
  program.hardware.tile.adc.out_bound = 0.5;
  for (const auto& quality : measure()) {
    EXPECT_GT(quality.adc_clip_rate, 0.01);
    EXPECT_LE(quality.adc_clip_rate, 1);
  }
}

TEST_F(LinearQualities, ClipRatesStaySharesWithSeveralConversionsAndPhases) {
  auto& tile = program.hardware.tile;
  tile.adc.out_bound = 1e-4;  // whatever drives a row saturates; of ten rows hardly ever none has a bit
  tile.input.phases = 3;
  for (const auto mode : {tiles::MvmMode::one_pass, tiles::MvmMode::bit_wise}) {
    tile.periphery.mode = mode;
    for (const auto& quality : measure()) {
      EXPECT_GT(quality.adc_clip_rate, 0.6);
      EXPECT_LE(quality.adc_clip_rate, 1);
    }
  }
}

TEST_F(LinearQualities, NothingDiffersWithoutHardware) {
  const Program floating = make_program(graph, LinearUnit::floating_point, 10, 12);
  plan.program = &floating;
  plan.numerics.device.model = "none";
  for (const auto& quality : measure()) {
    EXPECT_EQ(quality.kl_nats, 0);
    EXPECT_TRUE(std::isinf(quality.sqnr_db) && std::isinf(quality.sqnr_in_network_db));
  }
}

TEST_F(LinearQualities, SeveralPassesAndThreadsChangeNoBit) {
  const auto once = measure();
  set_thread_count(1);
  const auto often = measure(5 * tokens * 32);
  set_thread_count(0);
  ASSERT_EQ(often.size(), once.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(often[i].sqnr_db, once[i].sqnr_db);
    EXPECT_EQ(often[i].sqnr_in_network_db, once[i].sqnr_in_network_db);
    EXPECT_EQ(often[i].dac_clip_rate, once[i].dac_clip_rate);
    EXPECT_EQ(often[i].kl_nats, once[i].kl_nats);
  }
}

}  // namespace
}  // namespace aimc::sim
