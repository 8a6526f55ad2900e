// A request takes no less than its longest chain of steps and transfers, and no more than all of them in turn; both
// from a plain model that knows nothing of the executor.
#include <gtest/gtest.h>

#include <ostream>

#include "sim/mapping/mapper.h"
#include "tests/timing/hand_made.h"
#include "tests/timing/plain_model.h"
#include "tests/timing/small_model.h"

namespace aimc::sim {
namespace {

using aimc::testing::elapsed_of_child;
using aimc::testing::HandMade;
using aimc::testing::plain_times;
using aimc::testing::PlainTimes;
using aimc::testing::small_model;
using interconnect::Reduction;
using interconnect::Topology;

struct Setting {
  const char* name;
  MappingStrategy strategy = MappingStrategy::in_order;
  std::int64_t tiles = 120;  ///< of a chip
  Topology topology = Topology::constant;
  Reduction reduction = Reduction::first_tile;
  LinearUnit unit = LinearUnit::analog;
  int tiers = 1, arrays = 1;
};

std::ostream& operator<<(std::ostream& out, const Setting& setting) { return out << setting.name; }

Program map(const Setting& setting) {
  HardwareSpec hardware = HandMade().program.hardware;
  hardware.chip.tiles = setting.tiles;
  hardware.network.topology = setting.topology;
  hardware.network.reduction = setting.reduction;
  hardware.tile.tiers = setting.tiers;
  hardware.tile.arrays = setting.arrays;
  MappingSpec spec;
  spec.strategy = setting.strategy;
  if (spec.strategy == MappingStrategy::replicate) spec.tile_budget = 2 * aimc::testing::small_model_arrays;
  return map_model(workloads::build_graph(small_model()), hardware, [&](const auto&) { return setting.unit; }, spec);
}

class EveryMapping : public ::testing::TestWithParam<Setting> {};

TEST_P(EveryMapping, ARequestLiesBetweenItsCriticalPathAndAllInTurn) {
  const Program program = map(GetParam());
  for (const auto& [prompt, tokens] : {std::pair{1, 1}, {1, 4}, {9, 3}}) {
    const PlainTimes plain = plain_times(program, prompt, tokens);
    const Time elapsed = elapsed_of_child(program, InferenceWorkload::single(prompt, tokens));
    EXPECT_GE(elapsed, plain.path) << prompt;
    EXPECT_LT(elapsed, plain.in_turn) << prompt;
  }
}

// One token after the other, sums that meet in pairs, a network without contention: nothing has to wait.
TEST(Bounds, ATokenAloneTakesItsCriticalPath) {
  const Program program = map({"", MappingStrategy::in_order, 120, Topology::constant, Reduction::adder_tree});
  EXPECT_EQ(elapsed_of_child(program, InferenceWorkload::single(1, 4)), plain_times(program, 1, 4).path);
}

INSTANTIATE_TEST_SUITE_P(
    Bounds, EveryMapping,
    ::testing::Values(
        Setting{"one_chip"}, Setting{"several_chips", MappingStrategy::in_order, 20},
        Setting{"pipeline", MappingStrategy::pipeline, 50}, Setting{"replicate", MappingStrategy::replicate, 240},
        Setting{"tiers", MappingStrategy::tiers, 20, Topology::constant, Reduction::first_tile, LinearUnit::analog, 8},
        Setting{"arrays", MappingStrategy::in_order, 60, Topology::constant, Reduction::first_tile, LinearUnit::analog,
                1, 2},
        Setting{"adder_tree", MappingStrategy::in_order, 120, Topology::constant, Reduction::adder_tree},
        Setting{"digital", MappingStrategy::in_order, 20, Topology::constant, Reduction::first_tile,
                LinearUnit::digital},
        Setting{"mesh", MappingStrategy::in_order, 120, Topology::mesh},
        Setting{"mesh_blocks", MappingStrategy::blocks, 120, Topology::mesh},
        Setting{"mesh_in_network", MappingStrategy::in_order, 120, Topology::mesh, Reduction::in_network}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace aimc::sim
