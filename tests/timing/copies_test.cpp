// Copies of linears in time: what they are made for, and what they leave as it is.
#include <gtest/gtest.h>

#include "sim/mapping/mapper.h"
#include "tests/timing/hand_made.h"
#include "workloads/model/model_config.h"

namespace aimc::sim {
namespace {

using aimc::testing::elapsed_of_child;
using aimc::testing::HandMade;
using aimc::testing::ns;
using interconnect::Reduction;

// q, o: 2 x 2 arrays; k, v: 2 x 1; gate, up: 2 x 5; down: 5 x 2; the head: 2 x 8, for sampled tokens only.
constexpr std::int64_t arrays = 2 * (4 + 2 + 2 + 4 + 10 + 10 + 10) + 16;

/// On a mesh whose tiles take 100 ns for a token and whose other units take next to nothing: tiles set the pace.
Program copied(std::int64_t times, Reduction reduction = Reduction::first_tile) {
  workloads::ModelConfig config;
  config.name = "small";
  config.hidden = 128;
  config.intermediate = 320;
  config.layers = 2;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = 32;
  config.vocabulary = 500;
  config.context = 256;
  HardwareSpec hardware = HandMade().program.hardware;
  hardware.chip.tiles = times * arrays;
  hardware.chip.digital_units = 16;
  hardware.network.topology = interconnect::Topology::mesh;
  hardware.network.flit_bits = 1024;
  hardware.network.reduction = reduction;
  hardware.network.multicast = true;
  hardware.dram.bandwidth = Bandwidth(1e13);
  hardware.dram.latency = ns(1);
  hardware.attention.latency = ns(5);
  hardware.digital.rms_norm.latency = ns(5);
  hardware.tile.accumulate_per_cycle = 1024;
  MappingSpec spec;
  spec.strategy = times == 1 ? MappingStrategy::in_order : MappingStrategy::replicate;
  spec.tile_budget = times == 1 ? 0 : times * arrays;
  return map_model(workloads::build_graph(config), hardware, [](const auto&) { return LinearUnit::analog; }, spec);
}

class Copies : public ::testing::TestWithParam<Reduction> {};

// Each token further takes the 100 ns of an MVM; with n copies an n-th of it, to the odd nanosecond of a queue's end.
TEST_P(Copies, RaiseThePaceOfAPrompt) {
  const auto pace = [&](std::int64_t times) {
    const Program program = copied(times, GetParam());
    const Time longer = elapsed_of_child(program, InferenceWorkload::single(80, 1));
    return (longer - elapsed_of_child(program, InferenceWorkload::single(40, 1))).nanoseconds() / 40;
  };
  const double once = pace(1), twice = pace(2);
  EXPECT_GE(once, 99.0);
  EXPECT_LT(once, 115.0);
  EXPECT_GE(twice, 49.0);
  EXPECT_LT(twice, 65.0);
}

TEST_P(Copies, DoTheSameWork) {
  const TimingResult result = simulate_timing(copied(2, GetParam()), InferenceWorkload::single(9, 4));
  EXPECT_EQ(result.mvms, (arrays - 16) * 12 + 16 * 4);
  EXPECT_EQ(result.bytes_sent, result.bytes_received);
  const std::int64_t added = 2 * (128 + 64 + 64 + 128 + 320 + 320 + 4 * 128) * 12 + 500 * 4;
  EXPECT_EQ(result.counts.total(Action::accumulate), added);
}

INSTANTIATE_TEST_SUITE_P(Reductions, Copies,
                         ::testing::Values(Reduction::first_tile, Reduction::adder_tree, Reduction::in_network));

}  // namespace
}  // namespace aimc::sim
