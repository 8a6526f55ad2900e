#include <gtest/gtest.h>

#include <random>

#include "handmade_graph.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

struct RandomCase {
  DecoderShape shape;
  HardwareSpec hardware;
  std::uint32_t digital_every = 0;  ///< every n-th linear is digital; 0: none

  explicit RandomCase(std::uint32_t seed) : generator_(seed) {
    shape.head_dim = 2 * pick(1, 20);
    shape.kv_heads = pick(1, 4);
    shape.heads = shape.kv_heads * pick(1, 4);
    shape.hidden = pick(1, 300);
    shape.intermediate = pick(1, 600);
    shape.vocabulary = pick(2, 900);
    shape.layers = static_cast<std::uint32_t>(pick(1, 4));
    shape.fused = pick(0, 1) == 1;
    hardware = handmade_hardware(pick(1, 2) == 1 ? 64 : pick(16, 200), pick(16, 200), pick(1, 40));
    hardware.tile.tiers = static_cast<int>(pick(1, 5));
    hardware.tile.input.bits = static_cast<int>(pick(2, 8));
    if (pick(0, 1) == 1) hardware.tile.input.range = tiles::InputRangeMode::dynamic_range;
    if (pick(0, 1) == 1) hardware.tile.input.sharing = tiles::InputRangeSharing::per_linear;
    hardware.chip.digital_units = pick(1, 12);
    hardware.chip.attention_units = pick(1, 3);
    hardware.digital.macs_per_cycle = 64;
    hardware.digital.weight_bits = pick(0, 2) == 0 ? 16 : 4;
    digital_every = static_cast<std::uint32_t>(pick(0, 3));
  }
  [[nodiscard]] Program map() const {
    return map_in_order(handmade_decoder(shape), hardware, [this](const workloads::Node& node) {
      return digital_every > 0 && node.id % digital_every == 0 ? LinearUnit::digital : LinearUnit::analog;
    });
  }

 private:
  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(generator_);
  }
  std::mt19937 generator_;
};

class RandomMapping : public testing::TestWithParam<std::uint32_t> {};

/// Counts in a bitmap how often each weight is held; slower than, and unlike, the validator's intervals.
TEST_P(RandomMapping, HoldsEveryWeightOnce) {
  const Program program = RandomCase(GetParam()).map();
  for (const LinearPlacement& linear : program.linears) {
    if (linear.unit != LinearUnit::analog) continue;
    const auto& op = std::get<workloads::LinearOp>(program.graph.node(linear.linear).op);
    std::vector<int> held(static_cast<std::size_t>(op.in_features * op.out_features), 0);
    for (const Shard& shard : program.shards) {
      if (shard.linear != linear.linear) continue;
      for (Index row = shard.row_begin; row < shard.row_begin + shard.rows; ++row)
        for (Index column = shard.column_begin; column < shard.column_begin + shard.columns; ++column)
          ++held.at(static_cast<std::size_t>(row * op.out_features + column));
    }
    ASSERT_TRUE(std::ranges::all_of(held, [](int times) { return times == 1; }))
        << program.graph.node(linear.linear).name;
  }
}

TEST_P(RandomMapping, UsesNoMoreArraysThanNeeded) {
  const RandomCase random(GetParam());
  const Program program = random.map();
  std::int64_t arrays = 0;
  for (const LinearPlacement& linear : program.linears) {
    if (linear.unit != LinearUnit::analog) continue;
    const auto& op = std::get<workloads::LinearOp>(program.graph.node(linear.linear).op);
    const auto ceil_of = [](std::int64_t a, std::int64_t b) { return a / b + (a % b != 0); };
    arrays +=
        ceil_of(op.in_features, random.hardware.tile.rows) * ceil_of(op.out_features, random.hardware.tile.columns);
  }
  EXPECT_EQ(std::ssize(program.shards), arrays);
  EXPECT_LT((program.chips - 1) * random.hardware.chip.tiles * random.hardware.tile.tiers,
            std::max<std::int64_t>(arrays, 1))
      << "one chip fewer would do";
}

/// What a tile sends is partial sums, what it receives is DAC codes; everything else is activations.
TEST_P(RandomMapping, EncodingsFollowTheirSender) {
  const RandomCase random(GetParam());
  const Program program = random.map();
  for (const Step& step : program.steps) {
    for (const StepInput& input : step.inputs) {
      const Step& from = program.steps[input.from];
      const bool codes = step.kind == StepKind::mvm ||
                         (step.kind == StepKind::digital_matmul && random.hardware.digital.weight_bits != 16);
      const bool sums = from.kind == StepKind::mvm || from.kind == StepKind::accumulate;
      const int bits = step.kind == StepKind::mvm ? random.hardware.tile.input.bits : codes ? 8 : 16;
      EXPECT_FALSE(codes && sums) << "step " << step.id << " gets partial sums as codes";
      EXPECT_EQ(input.bits, bits) << "step " << step.id;
    }
  }
}

TEST_P(RandomMapping, SameInputsSameProgram) {
  const Program first = RandomCase(GetParam()).map(), second = RandomCase(GetParam()).map();
  ASSERT_EQ(first.steps.size(), second.steps.size());
  for (std::size_t i = 0; i < first.steps.size(); ++i) {
    EXPECT_EQ(first.steps[i].unit, second.steps[i].unit);
    EXPECT_EQ(first.steps[i].inputs.size(), second.steps[i].inputs.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomMapping, testing::Range(0u, 40u));

}  // namespace
}  // namespace aimc::sim
