#include "sim/validate/three_d_sim.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "../sim/read_preset.h"
#include "sim/timing/timing.h"

namespace aimc::sim {
namespace {

HardwareSpec hardware_of(const std::vector<std::string>& overrides) {
  std::vector<std::string> all{"hardware.tile.tiers=1",
                               "hardware.digital.swiglu.latency=1 ns",
                               "hardware.attention.latency=2 ns",
                               "hardware.chip.tiles=500",
                               "hardware.chip.digital_units=288",
                               "hardware.tile.clock=100 GHz",
                               "hardware.attention.macs_per_cycle=0",
                               "hardware.attention.softmax_per_cycle=0",
                               "hardware.dram.bandwidth=1000 TB/s"};
  all.insert(all.end(), overrides.begin(), overrides.end());
  return read_preset("3d-aimc", all).hardware;
}

ThreeDSimSetup encoder(std::int64_t width, std::int64_t layers, std::int64_t tokens) {
  ThreeDSimSetup setup;
  setup.width = width;
  setup.inner_width = 4 * width;
  setup.layers = layers;
  setup.tokens = tokens;
  return setup;
}

ThreeDSimSetup decoder(bool kv_cache) {
  ThreeDSimSetup setup = encoder(512, 3, 12);
  setup.decoder = true;
  setup.kv_cache = kv_cache;
  setup.vocabulary = 1024;
  return setup;
}

std::int64_t count(const Program& program, StepKind kind) {
  return std::ranges::count(program.steps, kind, &Step::kind);
}

/// MVMs one after the other on the longest chain of them.
std::int64_t mvm_stages(const Program& program) {
  std::vector<std::int64_t> stages;
  for (const Step& step : program.steps) {
    std::int64_t most = 0;
    for (const StepInput& input : step.inputs) most = std::max(most, stages[input.from]);
    stages.push_back(most + (step.kind == StepKind::mvm ? 1 : 0));
  }
  return stages.back();
}

TEST(ThreeDSim, BertTakes480TilesAndOneAttentionALayer) {
  const Program program = three_d_sim_program(encoder(768, 12, 32), hardware_of({}));
  EXPECT_EQ(program.shards.size(), 480U);  // its mapper says the same
  EXPECT_EQ(count(program, StepKind::mvm), 480 * 32);
  EXPECT_EQ(count(program, StepKind::attention), 12);
  EXPECT_EQ(mvm_stages(program), 4 * 12);
}

TEST(ThreeDSim, ADecodedTokenIs14MvmStages) {
  const Program program = three_d_sim_program(decoder(true), hardware_of({}));
  EXPECT_EQ(mvm_stages(program), 14);  // 4 a layer, head, embedding
  EXPECT_EQ(count(program, StepKind::mvm), 2 + 3 * 12 + 2);
}

TEST(ThreeDSim, WithoutACacheEveryTokenRunsAgain) {
  const Program program = three_d_sim_program(decoder(false), hardware_of({}));
  EXPECT_EQ(count(program, StepKind::mvm), 66 * (2 + 3 * 12) + 11 * 2);  // 1 + 2 + ... + 11 = 66
  EXPECT_EQ(mvm_stages(program), 11 * 14);
}

TEST(ThreeDSim, TimeFollowsTheMvmStages) {
  // 1,616 ns at 40 ns an MVM and 8 tokens: 8 stages, and tokens queue before 3 of them.
  const HardwareSpec hardware =
      hardware_of({"hardware.tile.input.pulse_tick=250 ps", "hardware.tile.input.phase_overhead=18 ns",
                   "hardware.tile.adc.tick=100 ps", "hardware.digital.sample.latency=0 ns"});
  const Program program = three_d_sim_program(encoder(512, 2, 8), hardware);
  const Time time = simulate_timing(program, InferenceWorkload::single(1, 1)).elapsed;
  // 10 ns more for each of 8 stages, and for each of the 7 further tokens at the 3 places where all tokens queue.
  // Besides, a cycle of 10 ps for each stage of a tile.
  EXPECT_NEAR(time.nanoseconds(), 1616 + 8 * 10 + 3 * 7 * 10, 0.5);
}

}  // namespace
}  // namespace aimc::sim
