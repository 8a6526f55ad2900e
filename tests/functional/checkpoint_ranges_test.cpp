// Input ranges that a checkpoint brings along.
#include "sim/functional/checkpoint_ranges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check/error.h"
#include "tests/functional/tiny_model.h"

namespace aimc::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Random weights and the ranges it is told.
class WeightsWithRanges : public test::RandomWeights {
 public:
  std::map<std::string, std::vector<float>> ranges;

  [[nodiscard]] std::optional<std::vector<Index>> shape(const std::string& name) const override {
    const auto found = ranges.find(name);
    if (found == ranges.end()) return std::nullopt;
    return std::vector<Index>{static_cast<Index>(found->second.size())};
  }
  void read_rows(const std::string& name, const workloads::TensorShape& shape, Index first,
                 MatrixSpan to) const override {
    const auto found = ranges.find(name);
    if (found == ranges.end()) return test::RandomWeights::read_rows(name, shape, first, to);
    if (to.rows() > 0) to = Eigen::Map<const Matrix>(found->second.data(), 1, shape.columns);
  }
};

class CheckpointRanges : public ::testing::Test {
 protected:
  CheckpointRanges()
      : graph(workloads::build_graph(test::tiny_config())),
        program(test::make_program(graph, LinearUnit::analog, 10, 12)) {
    for (const auto& placement : program.linears) range(graph.node(placement.linear).name) = {1.5F, 2.5F};
    for (const char* layer : {"model.layers.0", "model.layers.1"})
      range(std::string(layer) + ".mlp.down_proj") = {1, 2, 3};  // 24 inputs on arrays of 10 rows
  }
  std::vector<float>& range(const std::string& linear) { return weights.ranges[linear + ".input_range"]; }
  std::vector<float> found(const std::string& linear) {
    return checkpoint_ranges(program, weights).at(graph.find(linear)->id);
  }
  std::string message() {
    try {
      static_cast<void>(checkpoint_ranges(program, weights));
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }

  WeightsWithRanges weights;
  workloads::Graph graph;
  Program program;
};

TEST_F(CheckpointRanges, OneForEachRowTile) {
  EXPECT_THAT(found("model.layers.1.mlp.down_proj"), ElementsAre(1, 2, 3));
  EXPECT_THAT(found("lm_head"), ElementsAre(1.5F, 2.5F));
}

TEST_F(CheckpointRanges, OneValueServesAllRowTiles) {
  range("model.layers.1.mlp.down_proj") = {4};
  EXPECT_THAT(found("model.layers.1.mlp.down_proj"), ElementsAre(4, 4, 4));
}

TEST_F(CheckpointRanges, ReadersOfOneVectorShareTheLargerOnlyWhenTheHardwareSays) {
  range("model.layers.0.self_attn.q_proj") = {5, 1};
  range("model.layers.0.self_attn.k_proj") = {2, 6};
  program.hardware.tile.input.sharing = tiles::InputRangeSharing::per_input;
  EXPECT_THAT(found("model.layers.0.self_attn.q_proj"), ElementsAre(5, 6));
  EXPECT_THAT(found("model.layers.0.self_attn.v_proj"), ElementsAre(5, 6));
  EXPECT_THAT(found("model.layers.1.self_attn.v_proj"), ElementsAre(1.5F, 2.5F));
  program.hardware.tile.input.sharing = tiles::InputRangeSharing::per_linear;
  EXPECT_THAT(found("model.layers.0.self_attn.q_proj"), ElementsAre(5, 1));
  EXPECT_THAT(found("model.layers.0.self_attn.v_proj"), ElementsAre(1.5F, 2.5F));
}

TEST_F(CheckpointRanges, ADigitalLinearTakesTheLargest) {
  program.hardware.digital.weight_bits = 4;
  program.hardware.digital.input_range = tiles::InputRangeMode::static_range;
  range("model.layers.1.mlp.down_proj") = {1, 3, 2};
  for (auto& placement : program.linears) {
    placement.unit = LinearUnit::digital;
    placement.row_tiles = {24};
  }
  EXPECT_THAT(found("model.layers.1.mlp.down_proj"), ElementsAre(3));
  range("lm_head") = {};
  EXPECT_THAT(message(), HasSubstr("lm_head.input_range has 0 values"));
}

TEST_F(CheckpointRanges, AreThereOrNot) {
  EXPECT_TRUE(has_learned_ranges(graph, weights));
  EXPECT_FALSE(has_learned_ranges(graph, test::RandomWeights()));
}

TEST_F(CheckpointRanges, EverythingWrongIsListedAtOnce) {
  weights.ranges.erase("lm_head.input_range");
  range("model.layers.0.self_attn.o_proj") = {1, 2, 3};
  range("model.layers.1.self_attn.o_proj") = {1, -2};
  const std::string text = message();
  EXPECT_THAT(text, HasSubstr("lm_head.input_range is missing"));
  EXPECT_THAT(text, HasSubstr("layers.0.self_attn.o_proj.input_range has 3 values"));
  EXPECT_THAT(text, HasSubstr("2 row tiles"));
  EXPECT_THAT(text, HasSubstr("layers.1.self_attn.o_proj.input_range holds a range that is not above zero"));
}

TEST_F(CheckpointRanges, OnlyLinearsThatHaveStaticRangesNeedOne) {
  program.linears.back().unit = LinearUnit::floating_point;
  weights.ranges.erase("lm_head.input_range");
  EXPECT_EQ(message(), "");
  program.linears.back().unit = LinearUnit::digital;
  program.hardware.digital.weight_bits = 4;
  program.hardware.digital.input_range = tiles::InputRangeMode::static_range;
  EXPECT_THAT(message(), HasSubstr("lm_head.input_range is missing"));
  program.hardware.digital.input_range = tiles::InputRangeMode::dynamic_range;
  EXPECT_EQ(message(), "");
}

}  // namespace
}  // namespace aimc::sim
