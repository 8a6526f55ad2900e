#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "sim/mapping/curve.h"
#include "sim/mapping/traffic.h"
#include "strategy_programs.h"

namespace aimc::sim {
namespace {

/// Bits x Manhattan distance over all transfers of a program on one chip, step by step.
std::int64_t plain_weighted_hops(const Program& program) {
  const FloorPlan plan(program.hardware.chip);
  const auto width = static_cast<int>(plan.grid().width);
  std::int64_t sum = 0;
  for (const Step& step : program.steps) {
    for (const StepInput& input : step.inputs) {
      const auto a = static_cast<int>(plan.node_of(program.steps[input.from].unit));
      const auto b = static_cast<int>(plan.node_of(step.unit));
      sum += input.elements * input.bits * (std::abs(a % width - b % width) + std::abs(a / width - b / width));
    }
  }
  return sum;
}

/// One chip that holds the decoder's 2 x 76 + 38 arrays on its 16 x 16 tiles.
HardwareSpec one_chip() { return handmade_hardware(32, 32, 256); }
constexpr DecoderShape shape{96, 256, 6, 2, 16, 600, 2, false};

TEST(Layout, WeightedHopsAreTheSumOverAllTransfers) {
  const Program program = map_with(MappingStrategy::in_order, shape, one_chip());
  ASSERT_EQ(program.chips, 1u);
  EXPECT_EQ(weighted_hops(program), plain_weighted_hops(program));
}

struct LayoutCase {
  DecoderShape shape;
  Index array;
  std::int64_t tiles;
  int tiers;
};

class BlocksOfModels : public testing::TestWithParam<LayoutCase> {};

TEST_P(BlocksOfModels, NeverTravelFurtherThanInOrder) {
  const LayoutCase& model = GetParam();
  HardwareSpec hardware = handmade_hardware(model.array, model.array, model.tiles);
  hardware.tile.tiers = model.tiers;
  const std::int64_t in_order = weighted_hops(map_with(MappingStrategy::in_order, model.shape, hardware));
  const std::int64_t blocks = weighted_hops(map_with(MappingStrategy::blocks, model.shape, hardware));
  const std::int64_t annealed = weighted_hops(map_with(MappingStrategy::blocks, model.shape, hardware, 20'000));
  EXPECT_LE(blocks, in_order);
  EXPECT_LE(annealed, blocks);
  RecordProperty("blocks_of_in_order", std::to_string(static_cast<double>(blocks) / static_cast<double>(in_order)));
}

INSTANTIATE_TEST_SUITE_P(Shapes, BlocksOfModels,
                         testing::Values(LayoutCase{shape, 32, 256, 1}, LayoutCase{shape, 32, 60, 1},
                                         LayoutCase{{}, 16, 30, 4},
                                         LayoutCase{{64, 160, 4, 2, 16, 300, 6, true}, 32, 500, 1},
                                         LayoutCase{{512, 1376, 8, 4, 64, 4096, 2, false}, 128, 200, 1}));

TEST(Layout, BlocksSaveAThirdOfTheWayOnAChipOfSeveralLayers) {
  const std::int64_t in_order = plain_weighted_hops(map_with(MappingStrategy::in_order, shape, one_chip()));
  const Program blocks = map_with(MappingStrategy::blocks, shape, one_chip());
  EXPECT_LT(plain_weighted_hops(blocks) * 3, in_order * 2);
  EXPECT_EQ(blocks.kv_caches.size(), 2u);
  for (const KvCachePlacement& cache : blocks.kv_caches)
    EXPECT_TRUE(std::ranges::any_of(blocks.steps, [&](const Step& step) {
      return step.kind == StepKind::attention && step.node == cache.attention && step.unit == cache.unit;
    })) << "the cache lies with the unit that serves it";
}

TEST(Layout, AnnealingShortensTransfersAndRepeatsItself) {
  const std::int64_t start = plain_weighted_hops(map_with(MappingStrategy::blocks, shape, one_chip()));
  const Program first = map_with(MappingStrategy::blocks, shape, one_chip(), 50'000, 7);
  const Program again = map_with(MappingStrategy::blocks, shape, one_chip(), 50'000, 7);
  EXPECT_LT(plain_weighted_hops(first), start);
  for (std::size_t i = 0; i < first.steps.size(); ++i) ASSERT_EQ(first.steps[i].unit, again.steps[i].unit);
}

TEST(Layout, NoUnitGetsMoreOperatorsThanAnEvenDeal) {
  const Program program = map_with(MappingStrategy::blocks, shape, one_chip());
  std::map<UnitAddress, std::set<NodeId>> operators;
  std::set<NodeId> all;
  for (const Step& step : program.steps) {
    if (step.unit.component != Component::digital_unit || step.operation == tiles::VectorOperation::quantize) continue;
    operators[step.unit].insert(step.node);
    all.insert(step.node);
  }
  // 8 units; two encodings a layer (attention's and the activation's readers) are operators of their own at most.
  for (const auto& [unit, nodes] : operators) EXPECT_LE(nodes.size(), (all.size() + 2 * 2 + 7) / 8);
}

TEST(Layout, ACompactWalkVisitsEveryNodeOnceAndStaysClose) {
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 7}, {8, 8}, {23, 22}, {5, 13}, {16, 3}}) {
    const std::vector<std::uint32_t> walk = compact_walk({width, height});
    ASSERT_EQ(walk.size(), static_cast<std::size_t>(width * height));
    EXPECT_EQ(std::set<std::uint32_t>(walk.begin(), walk.end()).size(), walk.size());
    EXPECT_LT(*std::ranges::max_element(walk), walk.size());
    for (std::size_t i = 1; i < walk.size(); ++i) {
      const int dx = std::abs(static_cast<int>(walk[i]) % width - static_cast<int>(walk[i - 1]) % width);
      const int dy = std::abs(static_cast<int>(walk[i]) / width - static_cast<int>(walk[i - 1]) / width);
      EXPECT_LE(std::max(dx, dy), 1) << width << " x " << height << " at " << i;
    }
  }
}

}  // namespace
}  // namespace aimc::sim
