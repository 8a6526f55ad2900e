// What the functional executor counts against what the mapped Program's steps say will happen: two ways to the same
// numbers, as the timing executor compares in every run.
#include <gtest/gtest.h>

#include "base/counts/compare.h"
#include "sim/mapping/mapper.h"
#include "sim/program/validate.h"
#include "tests/functional/tiny_model.h"
#include "tests/sim/handmade_graph.h"

namespace aimc::sim {
namespace {

constexpr std::int64_t prompt_tokens = 7;

/// Counts of one token at a position (from 1) by walking the steps.
void walk(const Program& program, std::int64_t position, bool sampled, Phase phase, Counts& counts) {
  const auto& hardware = program.hardware;
  for (const Step& step : program.steps) {
    if (step.occurrence == Occurrence::sampled_token && !sampled) continue;
    const auto add = [&](Action action, std::int64_t times) {
      counts.add({action, step.node, phase, step.unit.chip}, times);
    };
    if (step.kind == StepKind::mvm) {
      const Shard& shard = program.shards[step.shard];
      const auto actions = tiles::mvm_actions(hardware.tile, shard.rows, shard.columns);
      add(Action::mvm, 1);
      add(Action::dac_conversion, actions.dac_conversions);
      add(Action::cell_read, actions.cell_reads);
      add(Action::adc_conversion, actions.adc_conversions);
      add(Action::affine, actions.affine);
    } else if (step.kind == StepKind::accumulate) {
      add(Action::accumulate, step.elements * (step.inner - 1));
    } else if (step.kind == StepKind::digital_matmul) {
      add(Action::digital_mac, step.elements * step.inner);
      add(Action::weight_read_byte, (step.elements * step.inner * hardware.digital.weight_bits + 7) / 8);
    } else if (step.kind == StepKind::attention) {
      const auto& op = std::get<workloads::AttentionOp>(program.graph.node(step.node).op);
      const auto work = tiles::attention_work(
          hardware.attention, {op.heads * step.kv_heads / op.kv_heads, step.kv_heads, op.head_dim, op.window}, position,
          queries_served(hardware.attention, position - 1, prompt_tokens));
      add(Action::attention_mac, work.macs);
      const bool sram = hardware.attention.kv_memory == tiles::KvMemory::sram;
      add(sram ? Action::kv_sram_read_byte : Action::kv_read_byte, work.kv_read_bytes);
      add(sram ? Action::kv_sram_write_byte : Action::kv_write_byte, work.kv_write_bytes);
    }
  }
}

Counts counts_of_steps(const Program& program) {
  Counts counts;
  for (std::int64_t position = 1; position <= prompt_tokens; ++position)
    walk(program, position, position == prompt_tokens, Phase::prefill, counts);
  walk(program, prompt_tokens + 1, true, Phase::decode, counts);
  return counts;
}

Counts counts_of_numbers(const Program& program, const workloads::WeightSource& weights) {
  const auto shared = read_shared_tensors(program.graph, weights);
  InputRanges ranges;
  for (const auto& placement : program.linears) ranges[placement.linear].assign(placement.row_tiles.size(), 3.0F);
  const auto linears = build_linears(program, weights, {}, ranges, 1);
  const FunctionalExecutor executor(program, shared, linears, program.hardware.attention.kv_bits);
  Sequence sequence = executor.new_sequence(prompt_tokens + 1);
  const auto ids = test::some_tokens(prompt_tokens + 1, program.graph.vocabulary);
  Counts counts;
  executor.forward(std::span(ids).first(prompt_tokens), sequence, LogitsFor::last_token, &counts, Phase::prefill);
  executor.forward(std::span(ids).last(1), sequence, LogitsFor::last_token, &counts, Phase::decode);
  return counts;
}

void expect_agreement(const Program& program) {
  const Counts steps = counts_of_steps(program);
  for (const auto& difference : compare_counts(counts_of_numbers(program, test::RandomWeights()), steps))
    ADD_FAILURE() << program.graph.node(difference.operator_id).name << ' ' << name(difference.action) << ' '
                  << name(difference.phase) << ": functional " << difference.functional << ", program "
                  << difference.timing;
  EXPECT_GT(steps.total(Action::mvm), 0);
}

/// Checks both ways and returns the conversions.
std::int64_t map_and_count(const workloads::Graph& graph, const HardwareSpec& hardware) {
  const Program program = map_in_order(graph, hardware, all_analog);
  validate(program);
  expect_agreement(program);
  return counts_of_steps(program).total(Action::adc_conversion);
}

class ProgramCountsOfGraphs : public ::testing::TestWithParam<std::tuple<bool, bool>> {};

TEST_P(ProgramCountsOfGraphs, BothWaysAgree) {
  const auto [fused, digital_head] = GetParam();
  auto config = test::tiny_config();
  config.fused_projections = fused;
  config.sliding_window = 5;
  const auto unit_of = [digital = digital_head](const workloads::Node& node) {
    return digital && node.name == "lm_head" ? LinearUnit::digital : LinearUnit::analog;
  };
  auto hardware = handmade_hardware(10, 12, 64);
  hardware.attention.kv_bits = fused ? 8 : 16;
  hardware.digital.macs_per_cycle = 64;
  const Program program = map_in_order(workloads::build_graph(config), hardware, unit_of);
  expect_agreement(program);
}

INSTANTIATE_TEST_SUITE_P(FusedAndHead, ProgramCountsOfGraphs, ::testing::Combine(::testing::Bool(), ::testing::Bool()));

TEST(ProgramCounts, AgreeInEveryMode) {
  using tiles::MvmMode;
  const auto graph = workloads::build_graph(test::tiny_config());
  auto hardware = handmade_hardware(10, 12, 64);
  std::int64_t conversions = map_and_count(graph, hardware);
  for (const auto& [mode, times] : {std::pair{MvmMode::positive_negative_analog, 1},
                                    {MvmMode::positive_negative_digital, 2},
                                    {MvmMode::split, 2},
                                    {MvmMode::bit_wise, hardware.tile.input.bits - 1}}) {
    hardware.tile.periphery.mode = mode;
    EXPECT_EQ(map_and_count(graph, hardware), times * conversions) << static_cast<int>(mode);
  }
  // Bound management repeats MVMs, which neither side counts among the others.
  hardware.tile.periphery.mode = MvmMode::one_pass;
  hardware.tile.periphery.bound_management = tiles::BoundManagement::iterative;
  hardware.tile.adc.out_bound = 0.1;
  EXPECT_EQ(map_and_count(graph, hardware), conversions);
}

TEST(ProgramCounts, AgreeOnACacheInSram) {
  auto hardware = handmade_hardware(10, 12, 64);
  hardware.attention.kv_memory = tiles::KvMemory::sram;
  const Program program = map_in_order(workloads::build_graph(test::tiny_config()), hardware, all_analog);
  expect_agreement(program);
  const Counts numbers = counts_of_numbers(program, test::RandomWeights());
  EXPECT_GT(numbers.total(Action::kv_sram_read_byte), 0);
  EXPECT_EQ(numbers.total(Action::kv_sram_write_byte), counts_of_steps(program).total(Action::kv_sram_write_byte));
  EXPECT_EQ(numbers.total(Action::kv_read_byte) + numbers.total(Action::kv_write_byte), 0);
}

TEST(ProgramCounts, AgreeWhereBlocksOfThePromptShareAPassOverTheCache) {
  auto config = test::tiny_config();
  auto hardware = handmade_hardware(10, 12, 64);
  for (const auto memory : {tiles::KvMemory::dram, tiles::KvMemory::sram}) {
    hardware.attention.kv_memory = memory;
    for (const std::int64_t window : {0, 3}) {
      config.sliding_window = window;
      hardware.attention.query_block = 1;
      const auto graph = workloads::build_graph(config);
      const auto read = memory == tiles::KvMemory::sram ? Action::kv_sram_read_byte : Action::kv_read_byte;
      const auto each = counts_of_steps(map_in_order(graph, hardware, all_analog)).total(read);
      hardware.attention.query_block = 3;
      const Program program = map_in_order(graph, hardware, all_analog);
      expect_agreement(program);
      // 7 prompt tokens and one more. Without a window 1 + ... + 7 positions become 3 + 6 + 7; with one of three,
      // 1 + 2 + 5 x 3 become 3 + (2 to 6) + (5 to 7).
      const std::int64_t before = window == 0 ? 28 + 8 : 18 + 3, after = window == 0 ? 16 + 8 : 11 + 3;
      EXPECT_EQ(counts_of_numbers(program, test::RandomWeights()).total(read) * before, each * after);
    }
  }
}

TEST(ProgramCounts, AgreeHoweverPartialSumsMeetAndHeadsAreShared) {
  using interconnect::Reduction;
  const auto graph = workloads::build_graph(test::tiny_config());
  auto hardware = handmade_hardware(10, 12, 64);
  MappingSpec shared;
  shared.attention_units_per_layer = 2;
  for (const Reduction reduction : {Reduction::first_tile, Reduction::adder_tree, Reduction::in_network}) {
    hardware.network.reduction = reduction;
    expect_agreement(map_in_order(graph, hardware, all_analog));
    expect_agreement(map_model(graph, hardware, all_analog, shared));
  }
}

TEST(ProgramCounts, AgreeForSlicedWeightsWhichTakeMoreArrays) {
  const auto graph = workloads::build_graph(test::tiny_config());
  auto hardware = handmade_hardware(10, 12, 256);
  const std::size_t arrays = map_in_order(graph, hardware, all_analog).shards.size();
  const std::int64_t conversions = map_and_count(graph, hardware);
  hardware.tile.slicing = {
      .weight_bits = 8, .bits_per_cell = 2, .bits_per_pass = 1, .encoding = tiles::WeightEncoding::offset};
  const Program program = map_in_order(graph, hardware, all_analog);
  EXPECT_GT(program.shards.size(), 3 * arrays) << "3 outputs an array instead of 12";
  EXPECT_EQ(map_and_count(graph, hardware), conversions * 4 * hardware.tile.input.bits) << "4 slices, a pass a bit";
}

TEST(SampledNodes, AreThoseOfTheMapper) {
  const Program program =
      map_in_order(workloads::build_graph(test::tiny_config()), handmade_hardware(10, 12, 64), all_analog);
  const PassPlan plan = plan_pass(program.graph);
  for (const Step& step : program.steps)
    EXPECT_EQ(step.occurrence == Occurrence::sampled_token, plan.sampled_only[step.node])
        << program.graph.node(step.node).name;
}

}  // namespace
}  // namespace aimc::sim
