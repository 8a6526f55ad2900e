// Counts of one pass against numbers counted by hand for the tiny model on arrays of 10 x 12.
#include <gtest/gtest.h>

#include "base/counts/compare.h"
#include "tests/functional/tiny_model.h"

namespace aimc::sim {
namespace {

class PassCounts : public ::testing::Test {
 protected:
  /// Plays 5 tokens (logits of the last), then one more, and returns what was counted.
  Counts play(LinearUnit unit, std::int64_t window = 0) {
    auto config = test::tiny_config();
    config.sliding_window = window;
    graph = workloads::build_graph(config);
    const auto program = test::make_program(graph, unit, 10, 12);
    const auto shared = read_shared_tensors(graph, weights);
    InputRanges ranges;
    for (const auto& placement : program.linears) ranges[placement.linear].assign(placement.row_tiles.size(), 3.0F);
    const auto linears = build_linears(program, weights, {}, ranges, 1);
    const FunctionalExecutor executor(program, shared, linears, 16);
    Sequence sequence = executor.new_sequence(6);
    const auto ids = test::some_tokens(6, 32);
    Counts counts;
    executor.forward(std::span(ids).first(5), sequence, LogitsFor::last_token, &counts, Phase::prefill);
    executor.forward(std::span(ids).last(1), sequence, LogitsFor::last_token, &counts, Phase::decode);
    return counts;
  }
  std::int64_t at(const Counts& counts, Action action, const std::string& name, Phase phase) {
    return counts.at({action, graph.find(name)->id, phase, 0});
  }
  test::RandomWeights weights;
  workloads::Graph graph;
};

TEST_F(PassCounts, AnalogLinear) {
  const Counts counts = play(LinearUnit::analog);
  // gate_proj: 16 inputs in row tiles of 8 + 8, 24 outputs in column tiles of 12 + 12: four arrays of 8 x 12.
  const std::string gate = "model.layers.1.mlp.gate_proj";
  EXPECT_EQ(at(counts, Action::mvm, gate, Phase::prefill), 5 * 4);
  EXPECT_EQ(at(counts, Action::dac_conversion, gate, Phase::prefill), 5 * 4 * 8);
  EXPECT_EQ(at(counts, Action::cell_read, gate, Phase::prefill), 5 * 4 * 8 * 12);
  EXPECT_EQ(at(counts, Action::adc_conversion, gate, Phase::prefill), 5 * 4 * 12);
  EXPECT_EQ(at(counts, Action::affine, gate, Phase::prefill), 5 * 4 * 12);
  EXPECT_EQ(at(counts, Action::accumulate, gate, Phase::prefill), 5 * 24);
  EXPECT_EQ(at(counts, Action::mvm, gate, Phase::decode), 4);
  // k_proj: 8 outputs fit one column tile.
  EXPECT_EQ(at(counts, Action::mvm, "model.layers.0.self_attn.k_proj", Phase::prefill), 5 * 2);
  EXPECT_EQ(at(counts, Action::adc_conversion, "model.layers.0.self_attn.k_proj", Phase::prefill), 5 * 2 * 8);
}

TEST_F(PassCounts, HeadRunsForTheLastTokenOnly) {
  const Counts counts = play(LinearUnit::analog);
  // 16 x 32: two row tiles, column tiles of 11 + 11 + 10.
  EXPECT_EQ(at(counts, Action::mvm, "lm_head", Phase::prefill), 6);
  EXPECT_EQ(at(counts, Action::mvm, "lm_head", Phase::decode), 6);
  EXPECT_EQ(at(counts, Action::adc_conversion, "lm_head", Phase::prefill), 2 * 32);
}

TEST_F(PassCounts, KvCache) {
  const Counts counts = play(LinearUnit::analog);
  // A position holds 2 (K, V) x 2 heads x 4 values of 2 bytes = 32 bytes; tokens see 1 + 2 + 3 + 4 + 5 positions.
  const std::string attention = "model.layers.0.self_attn.attention";
  EXPECT_EQ(at(counts, Action::kv_write_byte, attention, Phase::prefill), 5 * 32);
  EXPECT_EQ(at(counts, Action::kv_read_byte, attention, Phase::prefill), 15 * 32);
  EXPECT_EQ(at(counts, Action::kv_read_byte, attention, Phase::decode), 6 * 32);
  // QK^T and PV: 4 heads x 4 values each.
  EXPECT_EQ(at(counts, Action::attention_mac, attention, Phase::decode), 6 * 2 * 16);
}

TEST_F(PassCounts, WindowLimitsWhatIsRead) {
  const Counts counts = play(LinearUnit::analog, 3);
  const std::string attention = "model.layers.1.self_attn.attention";
  EXPECT_EQ(at(counts, Action::kv_read_byte, attention, Phase::prefill), (1 + 2 + 3 + 3 + 3) * 32);
  EXPECT_EQ(at(counts, Action::kv_read_byte, attention, Phase::decode), 3 * 32);
}

TEST_F(PassCounts, DigitalLinear) {
  const Counts counts = play(LinearUnit::digital);
  const std::string down = "model.layers.0.mlp.down_proj";
  EXPECT_EQ(at(counts, Action::digital_mac, down, Phase::prefill), 5 * 24 * 16);
  EXPECT_EQ(at(counts, Action::mvm, down, Phase::prefill), 0);
  EXPECT_EQ(at(counts, Action::digital_mac, "lm_head", Phase::decode), 16 * 32);
}

}  // namespace
}  // namespace aimc::sim
