// Copies of linears in time: what they are made for, and what they leave as it is.
#include <gtest/gtest.h>

#include "sim/mapping/mapper.h"
#include "tests/timing/hand_made.h"
#include "tests/timing/small_model.h"

namespace aimc::sim {
namespace {

using aimc::testing::elapsed_of_child;
using aimc::testing::HandMade;
using aimc::testing::ns;
using interconnect::Reduction;

constexpr std::int64_t arrays = aimc::testing::small_model_arrays;

/// On a mesh whose tiles take 100 ns for a token and whose other units take next to nothing: tiles set the pace.
Program copied(std::int64_t times, Reduction reduction, int arrays_of_tile) {
  HardwareSpec hardware = HandMade().program.hardware;
  const std::int64_t tiles = times * arrays / arrays_of_tile;
  hardware.chip.tiles = tiles;
  hardware.tile.arrays = arrays_of_tile;
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
  spec.tile_budget = times == 1 ? 0 : tiles;
  return map_model(
      workloads::build_graph(aimc::testing::small_model()), hardware, [](const auto&) { return LinearUnit::analog; },
      spec);
}

/// How partial sums meet, and how many arrays a tile has.
class Copies : public ::testing::TestWithParam<std::pair<Reduction, int>> {
 protected:
  static Program copied_times(std::int64_t times) { return copied(times, GetParam().first, GetParam().second); }
};

// Each token further takes the 100 ns of an MVM; with n copies an n-th of it, to the odd nanosecond of a queue's end.
TEST_P(Copies, RaiseThePaceOfAPrompt) {
  const auto pace = [&](std::int64_t times) {
    const Program program = copied_times(times);
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
  const TimingResult result = simulate_timing(copied_times(2), InferenceWorkload::single(9, 4));
  EXPECT_EQ(result.mvms, (arrays - 16) * 12 + 16 * 4);
  EXPECT_EQ(result.bytes_sent, result.bytes_received);
  const std::int64_t added = 2 * (128 + 64 + 64 + 128 + 320 + 320 + 4 * 128) * 12 + 500 * 4;
  EXPECT_EQ(result.counts.total(Action::accumulate), added);
}

INSTANTIATE_TEST_SUITE_P(Reductions, Copies,
                         ::testing::Values(std::pair{Reduction::first_tile, 1}, std::pair{Reduction::adder_tree, 1},
                                           std::pair{Reduction::in_network, 1}, std::pair{Reduction::first_tile, 2},
                                           std::pair{Reduction::in_network, 2}));

}  // namespace
}  // namespace aimc::sim
