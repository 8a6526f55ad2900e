// How long a prompt may take, between two plain models of it, on every kind of preset.
#include <gtest/gtest.h>

#include "sim/mapping/mapper.h"
#include "tests/sim/read_preset.h"
#include "tests/timing/hand_made.h"
#include "workloads/model/model_config.h"

namespace aimc::sim {
namespace {

using aimc::testing::elapsed_of_child;
using aimc::testing::ns;

/// Two layers, hidden 640: more than one row tile on every preset with tiles.
Program small_model_on(const std::string& preset, const std::vector<std::string>& overrides = {}) {
  workloads::ModelConfig config;
  config.name = "small";
  config.hidden = 640;
  config.intermediate = 1280;
  config.layers = 2;
  config.heads = 8;
  config.kv_heads = 2;
  config.head_dim = 80;
  config.vocabulary = 1000;
  config.context = 256;
  const HardwareSpec hardware = read_preset(preset, overrides).hardware;
  const LinearUnit unit = hardware.chip.tiles > 0 ? LinearUnit::analog : LinearUnit::digital;
  return map_in_order(workloads::build_graph(config), hardware, [=](const workloads::Node&) { return unit; });
}

constexpr std::int64_t prompt = 24;

Time alone(const Program& program, std::int64_t position) {
  return elapsed_of_child(program, {{{Time{}, position, 1, 1}}});
}

using PresetAndNetwork = std::pair<std::string, std::string>;

class Makespan : public ::testing::TestWithParam<PresetAndNetwork> {
 protected:
  static Program program() {
    const auto [preset, network] = GetParam();
    if (network.empty()) return small_model_on(preset);
    return small_model_on(preset, {"hardware.network." + network});
  }
};

// The last token on idle hardware, with the context before it in the cache, and all of them one after the other.
TEST_P(Makespan, LiesBetweenTheLastTokenAloneAndAllTokensInARow) {
  const Program mapped = program();
  Time in_a_row;
  for (std::int64_t position = 0; position < prompt; ++position) in_a_row += alone(mapped, position);
  const Time together = elapsed_of_child(mapped, InferenceWorkload::single(prompt, 1));
  EXPECT_GT(together, alone(mapped, prompt - 1));
  EXPECT_LT(together, in_a_row);
}

TEST_P(Makespan, RequestsFarApartTakeTheSameTime) {
  const Request first{Time{}, 0, 7, 3};
  Request second = first;
  second.arrival = ns(1e9);
  const TimingResult result = simulate_timing(program(), {{first, second}});
  ASSERT_LT(result.requests[0].token_times.back(), second.arrival);
  for (std::size_t token = 0; token < 3; ++token) {
    EXPECT_EQ(result.requests[0].token_times[token], result.requests[1].token_times[token] - second.arrival);
  }
}

// No resource of the report can be blamed for more than the span, and what it blames is all of it.
TEST_P(Makespan, ResourcesSumToTheSpan) {
  const TimingResult result = simulate_timing(program(), InferenceWorkload::single(prompt, 12));
  EXPECT_EQ(result.first_token_path.total(), result.time_to_first_token());
  EXPECT_EQ(result.decode_path.total(), result.elapsed - result.time_to_first_token());
  for (const PathResources* path : {&result.first_token_path, &result.decode_path}) {
    for (const ResourceTime& time : path->resources) {
      EXPECT_GE(time.bound, Time{}) << name(time.resource);
      EXPECT_LE(time.bound, path->total() - time.service - time.waiting) << name(time.resource);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, Makespan,
                         ::testing::Values(PresetAndNetwork("hermes-64", ""),
                                           PresetAndNetwork("hermes-64", "topology=torus"),
                                           PresetAndNetwork("hermes-64", "topology=ring"),
                                           PresetAndNetwork("hermes-64", "topology=constant"),
                                           PresetAndNetwork("hermes-64", "switching=circuit"),
                                           PresetAndNetwork("hermes-64", "reduction=in_network"),
                                           PresetAndNetwork("hermes-64", "reduction=adder_tree"),
                                           PresetAndNetwork("aimc-2d-mesh", ""), PresetAndNetwork("3d-aimc", ""),
                                           PresetAndNetwork("npu-w4", ""), PresetAndNetwork("gpu-roofline", "")));

}  // namespace
}  // namespace aimc::sim
