#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "handmade_graph.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

using tiles::VectorOperation;

std::vector<Step> steps_of(const Program& program, const std::string& node) {
  std::vector<Step> steps;
  for (const Step& step : program.steps)
    if (program.graph.node(step.node).name == node) steps.push_back(step);
  return steps;
}

std::int64_t count(const Program& program, VectorOperation operation) {
  return std::ranges::count_if(program.steps, [&](const Step& step) {
    return step.kind == StepKind::vector_operation && step.operation == operation;
  });
}

TEST(Steps, OneEncodingForAllReadersOfAVector) {
  HardwareSpec hardware = handmade_hardware(64, 64, 100);
  const Program shared = map_in_order(handmade_decoder({}), hardware, all_analog);
  EXPECT_EQ(count(shared, VectorOperation::quantize), 2 * 4 + 1)
      << "q/k/v, o, gate/up, down of two layers, and the head";
  hardware.tile.input.sharing = tiles::InputRangeSharing::per_linear;
  const Program own = map_in_order(handmade_decoder({}), hardware, all_analog);
  EXPECT_EQ(count(own, VectorOperation::quantize), 2 * 7 + 1);
  EXPECT_EQ(count(own, VectorOperation::range_maximum), 0);
}

TEST(Steps, SharedEncodingBelongsToTheFirstReaderAndRunsWhereTheVectorIsMade) {
  const Program program = map_in_order(handmade_decoder({}), handmade_hardware(64, 64, 100), all_analog);
  const Step norm = steps_of(program, "model.layers.0.input_layernorm").at(0);
  const Step quantize = steps_of(program, "model.layers.0.self_attn.q_proj").at(0);
  EXPECT_EQ(quantize.operation, VectorOperation::quantize);
  EXPECT_EQ(quantize.unit, norm.unit);
  EXPECT_EQ(steps_of(program, "model.layers.0.self_attn.k_proj").at(0).inputs.at(0).from, quantize.id);
}

TEST(Steps, DynamicRangesNeedAMaximumFirst) {
  HardwareSpec hardware = handmade_hardware(64, 64, 100);
  hardware.tile.input.range = tiles::InputRangeMode::dynamic_range;
  const Program program = map_in_order(handmade_decoder({}), hardware, all_analog);
  EXPECT_EQ(count(program, VectorOperation::range_maximum), 9);
  const std::vector<Step> steps = steps_of(program, "model.layers.1.mlp.down_proj");
  EXPECT_EQ(steps.at(0).operation, VectorOperation::range_maximum);
  EXPECT_EQ(steps.at(1).operation, VectorOperation::quantize);
  EXPECT_EQ(steps.at(1).inputs.at(0).from, steps.at(0).id);
  EXPECT_EQ(steps.at(0).unit, steps.at(1).unit);
}

TEST(Steps, PartialSumsMeetOnTheFirstRowTile) {
  // down_proj: 160 -> 64 on arrays of 64 x 48: row tiles 54, 53, 53, column tiles 32, 32.
  HardwareSpec hardware = handmade_hardware(64, 48, 100);
  hardware.tile.partial_sum_bits = 20;
  const Program program = map_in_order(handmade_decoder({}), hardware, all_analog);
  const std::vector<Step> steps = steps_of(program, "model.layers.0.mlp.down_proj");
  ASSERT_EQ(steps.size(), 1u + 3 * 2 + 2) << "quantize, six arrays, two column tiles";
  const Step& first_mvm = steps[1];
  const Step& accumulate = steps[7];
  EXPECT_EQ(accumulate.kind, StepKind::accumulate);
  EXPECT_EQ(accumulate.unit, first_mvm.unit);
  EXPECT_EQ(accumulate.elements, 32);
  EXPECT_EQ(accumulate.inner, 3);
  EXPECT_EQ(accumulate.inputs.at(1).from, steps[3].id) << "row tile 1, column tile 0";
  EXPECT_EQ(accumulate.inputs.at(1).bits, 20);
  EXPECT_EQ(first_mvm.inputs.at(0).elements, 54);
  EXPECT_EQ(first_mvm.inputs.at(0).bits, 8);
}

TEST(Steps, FusedProjectionsAreReadBySlices) {
  DecoderShape shape;
  shape.fused = true;  // qkv: 64 + 32 + 32 columns on arrays of 48 columns: tiles 43, 43, 42
  const Program program = map_in_order(handmade_decoder(shape), handmade_hardware(64, 48, 100), all_analog);
  const std::vector<Step> qkv = steps_of(program, "model.layers.0.self_attn.qkv_proj");
  ASSERT_EQ(qkv.size(), 4u);
  const Step rope_q = steps_of(program, "model.layers.0.rope_q").at(0);
  ASSERT_EQ(rope_q.inputs.size(), 2u);
  EXPECT_EQ(rope_q.inputs[0].elements, 43);
  EXPECT_EQ(rope_q.inputs[1].elements, 21);
  const Step rope_k = steps_of(program, "model.layers.0.rope_k").at(0);
  ASSERT_EQ(rope_k.inputs.size(), 2u);
  EXPECT_EQ(rope_k.inputs[0].elements, 22) << "columns 64..85 of the second tile";
  EXPECT_EQ(rope_k.inputs[1].elements, 10);
  const Step attention = steps_of(program, "model.layers.0.attention").at(0);
  ASSERT_EQ(attention.inputs.size(), 3u);
  EXPECT_EQ(attention.inputs[2].from, qkv[3].id) << "v comes straight from its tile";
  EXPECT_EQ(attention.inputs[2].elements, 32);
  EXPECT_EQ(attention.order, StepOrder::token_order);
}

TEST(Steps, OnlyTheHeadRunsForSampledTokens) {
  const Program program = map_in_order(handmade_decoder({}), handmade_hardware(64, 64, 100), all_analog);
  std::set<std::string> sampled;
  for (const Step& step : program.steps)
    if (step.occurrence == Occurrence::sampled_token) sampled.insert(program.graph.node(step.node).name);
  EXPECT_THAT(sampled, testing::UnorderedElementsAre("model.norm", "lm_head", "sample"));
  EXPECT_EQ(steps_of(program, "sample").at(0).elements, 300);
}

TEST(Steps, DigitalLinearsAreOneStepAfterTheirEncoding) {
  HardwareSpec hardware = handmade_hardware(64, 64, 100);
  hardware.digital.macs_per_cycle = 64;
  const auto head_digital = [](const workloads::Node& node) {
    return node.name == "lm_head" ? LinearUnit::digital : LinearUnit::analog;
  };
  const Program program = map_in_order(handmade_decoder({}), hardware, head_digital);
  const std::vector<Step> head = steps_of(program, "lm_head");
  ASSERT_EQ(head.size(), 2u);
  EXPECT_EQ(head[0].operation, VectorOperation::quantize);
  EXPECT_EQ(head[1].kind, StepKind::digital_matmul);
  EXPECT_EQ(head[1].inner, 64);
  EXPECT_EQ(head[1].elements, 300);
  EXPECT_EQ(head[1].inputs.at(0).bits, 8);
  hardware.digital.weight_bits = 16;
  EXPECT_EQ(steps_of(map_in_order(handmade_decoder({}), hardware, head_digital), "lm_head").size(), 1u);
}

TEST(Steps, LayersStayOnTheirHomeChip) {
  const Program program = map_in_order(handmade_decoder({}), handmade_hardware(32, 32, 7), all_analog);
  for (const std::string layer : {"0", "1"}) {
    const std::string prefix = "model.layers." + layer + ".";
    const std::uint32_t home =
        program.shards[program.placement(program.graph.find(prefix + "self_attn.q_proj")->id).first_shard].tile.chip;
    for (const Step& step : program.steps) {
      const std::string& node = program.graph.node(step.node).name;
      if (!node.starts_with(prefix) || step.unit.component == Component::crossbar_tile) continue;
      EXPECT_EQ(step.unit.chip, home) << node;
    }
  }
  EXPECT_GT(program.chips, 2u);
}

TEST(Steps, OperatorsOfALayerHaveUnitsOfTheirOwn) {
  const Program program = map_in_order(handmade_decoder({}), handmade_hardware(64, 64, 100), all_analog);
  std::set<UnitAddress> units;
  for (const Step& step : program.steps)
    if (step.unit.component == Component::digital_unit && step.operation != VectorOperation::quantize &&
        program.graph.node(step.node).name.starts_with("model.layers.1."))
      units.insert(step.unit);
  EXPECT_EQ(units.size(), 7u) << "two norms, two ropes, two adds, one activation; eight units";
}

}  // namespace
}  // namespace aimc::sim
