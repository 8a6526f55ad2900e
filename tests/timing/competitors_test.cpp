// The all-digital competitors run the same Program: a decoded token takes the time and the energy that the bytes it
// reads and the watts it draws meanwhile add up to (hardware.md 2.2, 3.4, 6.1, 6.2).
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/check/error.h"
#include "sim/ledger/pricing.h"
#include "sim/mapping/mapper.h"
#include "sim/timing/timing.h"
#include "tests/sim/read_preset.h"
#include "workloads/model/model_config.h"

namespace aimc::sim {
namespace {

// Llama-3.2-1B, hardware.md 6.1 and 6.2: static MACs a token, and KV bytes of one position at 16 bits.
constexpr double weights = 1.2357e9, kv_bytes_per_position = 2 * 16384;
constexpr std::int64_t decoded = 4;

workloads::Graph llama() {
  return workloads::build_graph(
      workloads::read_model_config(std::filesystem::path(AIMC_SOURCE_DIR) / "configs/models/llama-3.2-1b/config.json"));
}

struct DecodedToken {
  double seconds = 0, dynamic_joules = 0;
  double watts = 0;  ///< over the whole run
};

/// Decode passes see prompt_tokens + 1 .. prompt_tokens + decoded positions.
DecodedToken decode(const std::string& preset_name, std::int64_t prompt_tokens,
                    const std::vector<std::string>& overrides = {}) {
  const Preset preset = read_preset(preset_name, overrides);
  const Program program =
      map_in_order(llama(), preset.hardware, [](const workloads::Node&) { return LinearUnit::digital; });
  EXPECT_TRUE(program.shards.empty());
  EXPECT_EQ(area_of(program, preset.provenance).parts.front().area, Area{}) << "no tiles";
  const TimingResult result = simulate_timing(program, InferenceWorkload::single(prompt_tokens, decoded + 1));
  std::map<Component, ComponentTime> sums;
  for (const UnitActivity& row : result.activity) {
    ComponentTime& sum = sums[row.component];
    sum.component = row.component;
    sum.units += row.units;
    sum.busy += row.busy;
  }
  std::vector<ComponentTime> times;
  for (const auto& [component, sum] : sums) times.push_back(sum);
  const EnergyReport energy = price(result.counts, times, result.elapsed, program, preset.energy, preset.provenance);
  const auto policy = static_cast<std::size_t>(preset.hardware.idle_policy);
  return {result.time_per_output_token().seconds(), energy.dynamic_by_phase.at(Phase::decode).si() / decoded,
          energy.total[policy] / Energy(result.elapsed.seconds())};
}

TEST(NpuW4, ATokenTakesItsWeightsFromMemory) {
  const DecodedToken token = decode("npu-w4", 1);
  const double seconds = weights * 0.5 / 68.3e9;  // 9.05 ms: 110 tokens a second
  EXPECT_NEAR(token.seconds, seconds, 0.01 * seconds);
  EXPECT_GT(token.seconds, seconds) << "latencies and vector work come on top";
  const double joules = weights * (0.5 * 43.5e-12 + 0.1e-12);  // stream and MACs: 27.0 mJ
  EXPECT_NEAR(token.dynamic_joules, joules, 0.01 * joules);
  // The processor is busy all the time (1.2 W), attention is not (0.12 W); memory 0.1297 W, its refresh 0.0164 W, chip
  // 0.1 W.
  EXPECT_NEAR(token.watts, joules / seconds + 1.2 + 0.12 + 0.1297 + 0.0164 + 0.1, 0.01 * token.watts);  // 4.5 W
}

TEST(NpuW4, AndItsKvCache) {
  const DecodedToken token = decode("npu-w4", 256);
  const double kv_bytes = (256 + (decoded + 1) / 2.0 + 1) * kv_bytes_per_position;  // read, and a position written
  const double seconds = (weights * 0.5 + kv_bytes) / 68.3e9;
  EXPECT_NEAR(token.seconds, seconds, 0.01 * seconds);
  EXPECT_GT(token.seconds, seconds);
  const double joules = weights * (0.5 * 43.5e-12 + 0.1e-12) + kv_bytes * 40e-12;
  EXPECT_NEAR(token.dynamic_joules, joules, 0.01 * joules);
}

TEST(GpuRoofline, ATokenTakesItsWeightsFromMemoryAtThePowerOfTheCard) {
  const DecodedToken token = decode("gpu-roofline", 1);
  const double seconds = weights * 2 / 1555e9;  // 1.59 ms: 629 tokens a second
  EXPECT_NEAR(token.seconds, seconds, 0.01 * seconds);
  EXPECT_NEAR(token.watts, 301.93, 0.01 * 301.93) << "what its idle powers were derived from (BUE)";
}

TEST(GpuRoofline, FiveBitWeightsTakeAsMuchLess) {
  const DecodedToken token = decode("gpu-roofline", 1, {"hardware.digital.weight_bits=5"});
  const double seconds = weights * 0.625 / 1555e9;
  EXPECT_NEAR(token.seconds, seconds, 0.02 * seconds);
}

TEST(NpuW4, HasNoCrossbars) {
  const Preset preset = read_preset("npu-w4");
  EXPECT_THROW(map_in_order(llama(), preset.hardware, [](const workloads::Node&) { return LinearUnit::analog; }),
               ConfigError);
}

}  // namespace
}  // namespace aimc::sim
