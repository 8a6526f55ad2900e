#include <gtest/gtest.h>

#include "tests/timing/hand_made.h"

namespace aimc::sim {
namespace {

using aimc::testing::dump_of_child;
using aimc::testing::HandMade;
using aimc::testing::ns;
using tiles::VectorOperation;

constexpr int layers = 3;

/// A transformer with one array for each matrix: per layer norm - quantize - {q, k, v} - rope - attention - o - add -
/// norm
/// - quantize - {gate, up} - swiglu - down - add; then norm, head, sample.
HandMade transformer() {
  HandMade made;
  std::uint32_t tile = 0;
  const auto encode = [&](StepId x) { return made.vector(VectorOperation::quantize, 0, {x}); };
  StepId stream = made.embed();
  for (int layer = 0; layer < layers; ++layer) {
    const StepId codes = encode(made.vector(VectorOperation::rms_norm, 0, {stream}));
    const StepId q = made.mvm(tile++, codes), k = made.mvm(tile++, codes), v = made.mvm(tile++, codes);
    const StepId rope_q = made.vector(VectorOperation::rope, 1, {q}),
                 rope_k = made.vector(VectorOperation::rope, 2, {k});
    const StepId attention = made.attention(0, {rope_q, rope_k, v});
    const StepId o = made.mvm(tile++, encode(attention));
    stream = made.vector(VectorOperation::add, 0, {stream, o});
    const StepId inner = encode(made.vector(VectorOperation::rms_norm, 0, {stream}));
    const StepId gate = made.mvm(tile++, inner), up = made.mvm(tile++, inner);
    const StepId down = made.mvm(tile++, encode(made.vector(VectorOperation::swiglu, 1, {gate, up})));
    stream = made.vector(VectorOperation::add, 0, {stream, down});
  }
  const StepId norm = made.vector(VectorOperation::rms_norm, 0, {stream});
  made.only_sampled(norm);
  const StepId codes = encode(norm);
  made.only_sampled(codes);
  const StepId head = made.mvm(tile++, codes);
  made.only_sampled(head);
  made.sample(3, {head});
  made.program.hardware.chip.tiles = tile;
  made.program.hardware.attention.macs_per_cycle = 64;    // one head of 64: 2 ns a position
  made.program.hardware.attention.softmax_per_cycle = 1;  // 1 ns a position
  return made;
}

/// A decode pass that sees `positions` positions, written by hand: there is nothing to wait for.
Time pass_time(std::int64_t positions) {
  const double mvm = 102 + 2 + 10, network = 10;
  const auto seen = static_cast<double>(positions);
  // Memory, a write first, outlasts the products; then softmax and the fixed 30.
  const double attention = 50 + 25.6 * (seen + 1) + seen + 30;
  const double layer = 20 + 5 + network + mvm + 6 + network + attention + network + 5 + network + mvm +
                       4 +                                                            // attention
                       20 + 5 + network + mvm + 8 + network + 5 + network + mvm + 4;  // mlp
  return ns(62.8 + layers * layer + 20 + 5 + network + mvm + 20);
}

TEST(Decode, APassTakesTheSumOfItsSerialStages) {
  const TimingResult result = simulate_timing(transformer().program, InferenceWorkload::single(1, 6));
  ASSERT_EQ(result.token_times.size(), 6U);
  EXPECT_EQ(result.token_times[0], pass_time(1));
  for (std::int64_t i = 1; i < 6; ++i) {
    EXPECT_EQ(result.token_times[i] - result.token_times[i - 1], pass_time(i + 1)) << i;
  }
  EXPECT_EQ(result.decode.total(), result.elapsed - result.token_times[0]);
  EXPECT_EQ(result.decode.waiting, Time{});
}

TEST(Decode, FourMvmStagesALayerAndTheHeadAreALowerBound) {
  const TimingResult result = simulate_timing(transformer().program, InferenceWorkload::single(1, 4));
  const Time mvms = ns(102) * (4 * layers + 1);  // hardware.md 6.3
  EXPECT_EQ(result.first_token.analog_mvm, mvms);
  EXPECT_EQ(result.decode.analog_mvm, 3 * mvms);
  EXPECT_GT(result.time_per_output_token(), mvms);
}

TEST(Decode, MemorySticksOutOfAttention) {
  const TimingResult result = simulate_timing(transformer().program, InferenceWorkload::single(1, 1));
  EXPECT_EQ(result.first_token.attention, layers * ns(2 + 1 + 30));
  EXPECT_EQ(result.first_token.kv_memory, ns(52.8) + layers * ns(50 + 2 * 25.6 - 2));
}

TEST(Decode, ProductsThatOutlastMemoryHideIt) {
  HandMade made = transformer();
  made.program.hardware.attention.macs_per_cycle = 1;  // 128 ns for one position, memory 101.2
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(1, 1));
  EXPECT_EQ(result.first_token.attention, layers * ns(128 + 1 + 30));
  EXPECT_EQ(result.first_token.kv_memory, ns(52.8));
  EXPECT_EQ(result.elapsed, pass_time(1) + layers * ns(128 - 101.2));
}

TEST(Decode, TheSameRunGivesTheSameResult) {
  HandMade made = transformer();
  made.program.hardware.network.topology = interconnect::Topology::mesh;
  const InferenceWorkload workload = InferenceWorkload::single(7, 5);
  const std::string first = dump_of_child(made.program, workload);
  EXPECT_EQ(first, dump_of_child(made.program, workload));
  EXPECT_GT(first.size(), 1000U);
}

TEST(Decode, ASecondTimingInTheSameProcessIsRefused) {
  const Program program = transformer().program;
  simulate_timing(program, InferenceWorkload::single(1, 1));
  EXPECT_THROW(simulate_timing(program, InferenceWorkload::single(1, 1)), std::logic_error);
}

}  // namespace
}  // namespace aimc::sim
