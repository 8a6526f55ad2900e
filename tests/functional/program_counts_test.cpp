// What the functional executor counts against what the mapped Program's steps say will happen: two ways to the same
// numbers, as the timing executor compares in every run.
#include <gtest/gtest.h>

#include "base/counts/compare.h"
#include "sim/mapping/mapper.h"
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
      const auto work =
          tiles::attention_work(hardware.attention, {op.heads, op.kv_heads, op.head_dim, op.window}, position);
      add(Action::attention_mac, work.macs);
      add(Action::kv_read_byte, work.kv_read_bytes);
      add(Action::kv_write_byte, work.kv_write_bytes);
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

class ProgramCounts : public ::testing::TestWithParam<std::tuple<bool, bool>> {};

TEST_P(ProgramCounts, BothWaysAgree) {
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
  const auto differences = compare_counts(counts_of_numbers(program, test::RandomWeights()), counts_of_steps(program));
  for (const auto& difference : differences)
    ADD_FAILURE() << program.graph.node(difference.operator_id).name << ' ' << name(difference.action) << ' '
                  << name(difference.phase) << ": functional " << difference.functional << ", program "
                  << difference.timing;
  EXPECT_GT(counts_of_steps(program).total(Action::mvm), 0);
}

INSTANTIATE_TEST_SUITE_P(FusedAndHead, ProgramCounts, ::testing::Combine(::testing::Bool(), ::testing::Bool()));

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
