#include <gtest/gtest.h>

#include <map>

#include "base/check/error.h"
#include "handmade_graph.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

using interconnect::Reduction;

// down_proj: 352 inputs on arrays of 64 rows: six row tiles; 96 outputs on 48 columns: two column tiles.
constexpr DecoderShape shape{96, 352, 6, 2, 16, 300, 2, false};

Program reduced(Reduction reduction) {
  HardwareSpec hardware = handmade_hardware(64, 48, 100);
  hardware.network.reduction = reduction;
  return map_in_order(handmade_decoder(shape), hardware, all_analog);
}

std::vector<Step> additions(const Program& program, const std::string& node) {
  std::vector<Step> steps;
  for (const Step& step : program.steps)
    if (step.kind == StepKind::accumulate && program.graph.node(step.node).name == node) steps.push_back(step);
  return steps;
}

/// Additions one after the other between the arrays and a step's sum.
int depth(const Program& program, const Step& step) {
  if (step.kind != StepKind::accumulate) return 0;
  int deepest = 0;
  for (const StepInput& input : step.inputs) deepest = std::max(deepest, depth(program, program.steps[input.from]));
  return deepest + 1;
}

TEST(Reductions, AnAdderTreeHasTheDepthOfABinaryOne) {
  const Program program = reduced(Reduction::adder_tree);
  const std::vector<Step> steps = additions(program, "model.layers.0.mlp.down_proj");
  ASSERT_EQ(steps.size(), 2u * 5) << "six sums meet in five pairs";
  int deepest = 0;
  for (const Step& step : steps) {
    EXPECT_EQ(step.inner, 2);
    EXPECT_EQ(step.unit, program.shards[step.shard].tile);
    EXPECT_EQ(program.shards[step.shard].row_tile % 2, 0u) << "in the lower tile of a pair";
    deepest = std::max(deepest, depth(program, step));
  }
  EXPECT_EQ(deepest, 3) << "ceil(log2(6))";
}

TEST(Reductions, InTheNetworkIsOneStepSoMarked) {
  const Program program = reduced(Reduction::in_network);
  const std::vector<Step> steps = additions(program, "model.layers.0.mlp.down_proj");
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].inner, 6);
  EXPECT_EQ(steps[0].reduction, Reduction::in_network);
}

TEST(Reductions, AddTheSameNumberOfPartialSumsHoweverTheyMeet) {
  std::map<Reduction, std::map<NodeId, std::int64_t>> added;
  for (const Reduction reduction : {Reduction::first_tile, Reduction::adder_tree, Reduction::in_network})
    for (const Program program = reduced(reduction); const Step& step : program.steps)
      if (step.kind == StepKind::accumulate) added[reduction][step.node] += (step.inner - 1) * step.elements;
  EXPECT_EQ(added[Reduction::adder_tree], added[Reduction::first_tile]);
  EXPECT_EQ(added[Reduction::in_network], added[Reduction::first_tile]);
}

TEST(Reductions, ASumThatLacksARowTileIsRefused) {
  Program program = reduced(Reduction::adder_tree);
  ASSERT_NO_THROW(validate(program));
  // The reader of a complete sum reads one of an earlier level instead.
  const Step last = additions(program, "model.layers.0.mlp.down_proj")[4];
  for (Step& step : program.steps)
    for (StepInput& input : step.inputs)
      if (input.from == last.id) input.from = last.inputs[0].from;
  EXPECT_THROW(validate(program), InternalError);
}

TEST(Reductions, ASumInTheTileOfAnotherColumnTileIsRefused) {
  Program program = reduced(Reduction::adder_tree);
  for (Step& step : program.steps) {
    if (step.kind != StepKind::accumulate) continue;
    step.shard += 1;  // the next column tile
    step.unit = program.shards[step.shard].tile;
    break;
  }
  EXPECT_THROW(validate(program), InternalError);
}

TEST(Reductions, RowTilesShareATileWhereItHasSeveralArrays) {
  HardwareSpec hardware = handmade_hardware(64, 48, 100);
  hardware.tile.arrays = 3;
  const Program program = map_in_order(handmade_decoder(shape), hardware, all_analog);
  const LinearPlacement& down = program.placement(program.graph.find("model.layers.1.mlp.down_proj")->id);
  std::set<std::pair<std::uint32_t, UnitAddress>> tiles_of_columns;
  std::map<UnitAddress, std::set<std::uint32_t>> arrays;
  for (const Shard& shard : program.shards) {
    EXPECT_TRUE(arrays[shard.tile].insert(shard.array).second) << "an array each";
    EXPECT_LT(shard.array, 3u);
    if (shard.linear == down.linear) tiles_of_columns.insert({shard.column_tile, shard.tile});
  }
  EXPECT_LE(tiles_of_columns.size(), 6u) << "six row tiles in three tiles at most, for each of two column tiles";
  EXPECT_EQ(arrays.size(), (program.shards.size() + 2) / 3);
}

}  // namespace
}  // namespace aimc::sim
