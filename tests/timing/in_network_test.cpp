#include <gtest/gtest.h>

#include <algorithm>

#include "tests/timing/hand_made.h"

// Multicast and sums that meet in the network, played whole, on a mesh of 4 x 4.
namespace aimc::sim {
namespace {

using aimc::testing::HandMade;
using aimc::testing::ns;

/// Two row tiles and three column tiles, added column by column.
HandMade six_arrays(bool multicast, interconnect::Reduction reduction) {
  HandMade made;
  made.program.hardware.network.topology = interconnect::Topology::mesh;
  made.program.hardware.network.multicast = multicast;
  const StepId codes = made.embed();
  std::vector<StepId> sums;
  for (std::uint32_t column = 0; column < 3; ++column) {
    const StepId first = made.mvm(column, codes, 0), second = made.mvm(8 + column, codes, 64);
    sums.push_back(made.accumulate(column, {first, second}));
    made.program.steps.back().reduction = reduction;
  }
  made.sample(1, sums);
  return made;
}

TimingResult play(const HandMade& made) { return simulate_timing(made.program, InferenceWorkload::single(3, 2)); }

TEST(MulticastPlayed, OnePacketForEachSliceOfCodes) {
  const HandMade made = six_arrays(true, interconnect::Reduction::first_tile);
  const TimingResult result = play(made);
  // Two slices, three sums on their way to the tile they are added in, three results to the sampler.
  EXPECT_EQ(result.packets, 4 * (2 + 3) + 2 * 3);
  EXPECT_EQ(result.bytes_sent, result.bytes_received);
}

TEST(MulticastPlayed, WithoutItOneForEachTile) {
  EXPECT_EQ(play(six_arrays(false, interconnect::Reduction::first_tile)).packets, 4 * (6 + 3) + 2 * 3);
}

TEST(MulticastPlayed, TravelsFewerHopsAndIsNotSlower) {
  const Time alone = aimc::testing::elapsed_of_child(six_arrays(false, interconnect::Reduction::first_tile).program,
                                                     InferenceWorkload::single(3, 2));
  const Time together = aimc::testing::elapsed_of_child(six_arrays(true, interconnect::Reduction::first_tile).program,
                                                        InferenceWorkload::single(3, 2));
  EXPECT_LT(together, alone);
}

TEST(InNetworkPlayed, AddsAsOftenAndSendsTheOwnTilesSum) {
  const TimingResult result = play(six_arrays(true, interconnect::Reduction::in_network));
  EXPECT_EQ(result.packets, 4 * (2 + 6) + 2 * 3);  // the first tile's own sum enters the network, too
  EXPECT_EQ(result.counts.total(Action::accumulate), 4 * 3 * 64);
  EXPECT_EQ(result.bytes_sent, result.bytes_received);
  EXPECT_EQ(result.decode.total(), result.elapsed - result.time_to_first_token());
}

}  // namespace
}  // namespace aimc::sim
