// The closed forms themselves, against numbers worked out by hand.
#include "sim/validate/closed_forms.h"

#include <gtest/gtest.h>

#include "tests/timing/hand_made.h"

namespace aimc::sim::closed_form {
namespace {

using aimc::testing::HandMade;
using tiles::VectorOperation;

TEST(ClosedForms, AnMvmIsItsStages) {
  tiles::TileSpec tile;
  tile.rows = tile.columns = 256;
  tile.input.phases = 4;
  tile.input.pulse_tick = Time(1000);
  tile.input.phase_overhead = Time(2500);
  tile.input.mvm_overhead = Time(3000);
  tile.clock = Frequency(0.5e9);
  tile.load_bytes_per_cycle = 48;  // 256 bytes: 6 cycles of 2 ns
  tile.affine_per_cycle = 100;     // 3 cycles
  tile.send_bytes_per_cycle = 1;   // 512 cycles
  EXPECT_DOUBLE_EQ(mvm_latency(tile, 256, 256), 12 + 4 * (128 + 2.5) + 3 + 6);
  EXPECT_DOUBLE_EQ(mvm_period(tile, 256, 256), 1024);
  tile.send_bytes_per_cycle = 64;
  EXPECT_DOUBLE_EQ(mvm_period(tile, 256, 256), 525);
}

TEST(ClosedForms, APacketIsHopsAndFlits) {
  interconnect::NetworkSpec network;
  network.clock = Frequency(2e9);
  network.flit_bits = 64;
  network.header_bits = 32;
  network.hop_cycles = 3;
  EXPECT_DOUBLE_EQ(zero_load(network, 5, 128), (15 + 3) * 0.5);  // 160 bits are 3 flits
}

/// norm 20 - two MVMs of 102, 2 to send, 10 on the way; their sum 1; add 4 beside the norm; sample 20.
HandMade diamond() {
  HandMade made;
  const StepId norm = made.vector(VectorOperation::rms_norm, 0, {});
  const StepId low = made.mvm(0, norm), high = made.mvm(1, norm, 64);
  const StepId sum = made.accumulate(0, {low, high});
  const StepId add = made.vector(VectorOperation::add, 0, {norm, sum});
  made.sample(0, {add});
  return made;
}

TEST(ClosedForms, TheSerialPathIsTheLongestWay) {
  // norm, its message, MVM, the other tile's message and sum, the sum's message, add, sample
  EXPECT_DOUBLE_EQ(serial_path(diamond().program, 1), 20 + 10 + 102 + (2 + 10) + 1 + (2 + 10) + 4 + 20);
}

TEST(ClosedForms, TheSimulatorTakesTheSerialPathWhenNothingIsBusy) {
  const Program program = diamond().program;
  EXPECT_EQ(simulate_timing(program, InferenceWorkload::single(1, 1)).elapsed.nanoseconds(), serial_path(program, 1));
}

TEST(ClosedForms, APromptWaitsForTheBusiestUnit) {
  HandMade made = diamond();
  // Unit 0 has 20 + 4 ns a token (the sampler works once); each tile 100 ns.
  EXPECT_DOUBLE_EQ(prefill_bound(made.program, 11), 20 + 10 + 10 * 100 + 102 + 12 + 1 + 12 + 4 + 20);
  made.program.hardware.digital.rms_norm.latency = Time(300'000);
  EXPECT_DOUBLE_EQ(prefill_bound(made.program, 11), 11 * 304 + 20);
}

}  // namespace
}  // namespace aimc::sim::closed_form
