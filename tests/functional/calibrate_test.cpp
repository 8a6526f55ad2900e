#include <gtest/gtest.h>

#include <cmath>

#include "base/check/error.h"
#include "base/parallel/parallel.h"
#include "tests/functional/tiny_model.h"

namespace aimc::sim {
namespace {

using test::FloatModel;
using test::make_program;
using test::some_tokens;

class Calibrate : public ::testing::Test {
 protected:
  Calibrate()
      : graph(workloads::build_graph(test::tiny_config())),
        model(graph, weights),
        program(make_program(graph, LinearUnit::analog, 10, 12)) {}

  InputRanges ranges(const CalibrationOptions& options) {
    return calibrate(program, model.shared, model.linears, texts, options);
  }
  NodeId id(const std::string& name) { return graph.find(name)->id; }

  test::RandomWeights weights;
  workloads::Graph graph;
  FloatModel model;
  Program program;
  std::vector<std::vector<TokenId>> texts{some_tokens(12, 32, 1), some_tokens(9, 32, 2), some_tokens(15, 32, 3)};
};

/// The input of the first layer's q_proj, computed plainly: rms_norm of the embedding.
std::vector<double> normed_embedding(const FloatModel& model, NodeId norm, TokenId token) {
  Matrix row(1, 16);
  model.shared.embedding.read(token, row);
  double squares = 0;
  for (const float value : row.reshaped()) squares += static_cast<double>(value) * value;
  const auto& gain = model.shared.gains.at(norm);
  const double root = std::sqrt(squares / static_cast<double>(row.size()) + 1e-5);
  std::vector<double> x(gain.begin(), gain.end());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] *= row(0, static_cast<Index>(i)) / root;
  return x;
}

TEST_F(Calibrate, MaximumOfEachRowTile) {
  const auto found = ranges({.method = CalibrationMethod::maximum}).at(id("model.layers.0.self_attn.q_proj"));
  std::vector<double> expected(2, 0);  // 16 inputs on arrays of 10 rows: 8 + 8
  for (const auto& text : texts)
    for (const TokenId token : text) {
      const auto x = normed_embedding(model, id("model.layers.0.input_layernorm"), token);
      for (std::size_t i = 0; i < 16; ++i) expected[i / 8] = std::max(expected[i / 8], std::abs(x[i]));
    }
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NEAR(found[0], expected[0], 1e-5);
  EXPECT_NEAR(found[1], expected[1], 1e-5);
}

TEST_F(Calibrate, EveryLinearHasARangeForEachRowTile) {
  const auto found = ranges({});
  ASSERT_EQ(found.size(), program.linears.size());
  for (const auto& placement : program.linears) {
    ASSERT_EQ(found.at(placement.linear).size(), placement.row_tiles.size());
    for (const float range : found.at(placement.linear)) EXPECT_GT(range, 0);
  }
}

TEST_F(Calibrate, ThreadsChangeNoBit) {
  for (const auto method :
       {CalibrationMethod::maximum, CalibrationMethod::quantile, CalibrationMethod::standard_deviation}) {
    set_thread_count(1);
    const auto one = ranges({.method = method});
    set_thread_count(2);
    EXPECT_EQ(ranges({.method = method}), one);
    set_thread_count(0);
  }
}

TEST_F(Calibrate, ReadersOfOneVectorShareTheLargerRange) {
  // A digital q_proj has one range for the whole vector; k and v, analog with equal row tiles, share theirs.
  const auto found = ranges({.method = CalibrationMethod::maximum});
  EXPECT_EQ(found.at(id("model.layers.1.self_attn.k_proj")), found.at(id("model.layers.1.self_attn.v_proj")));
  EXPECT_EQ(found.at(id("model.layers.1.mlp.gate_proj")), found.at(id("model.layers.1.mlp.up_proj")));
  EXPECT_NE(found.at(id("model.layers.1.mlp.gate_proj")), found.at(id("model.layers.1.self_attn.v_proj")));
}

TEST_F(Calibrate, LongTextIsThinnedEvenly) {
  // 60 sequences of 40 tokens: 2400 tokens, of which the quantile sees 1000; the maximum sees all.
  texts.clear();
  for (std::uint64_t s = 0; s < 60; ++s) texts.push_back(some_tokens(40, 32, s));
  const auto quantile = ranges({.method = CalibrationMethod::quantile, .quantile = 1});
  const auto maximum = ranges({.method = CalibrationMethod::maximum});
  for (const auto& [linear, tiles] : quantile)
    for (std::size_t t = 0; t < tiles.size(); ++t) {
      EXPECT_LE(tiles[t], maximum.at(linear)[t]);
      EXPECT_GE(tiles[t], 0.5F * maximum.at(linear)[t]);
    }
}

TEST_F(Calibrate, NoTextIsTheUsersMistake) {
  texts.clear();
  EXPECT_THROW(ranges({}), InputError);
}

}  // namespace
}  // namespace aimc::sim
