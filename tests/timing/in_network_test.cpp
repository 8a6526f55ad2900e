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

/// Three row tiles of one column tile, on tiles 0, 1 and 2 at the nodes of those numbers. The units 0 and 1 are at the
/// nodes 2 and 5.
HandMade three_row_tiles(interconnect::Reduction reduction) {
  HandMade made;
  made.program.hardware.network.topology = interconnect::Topology::mesh;
  const StepId codes = made.embed();
  std::vector<StepId> sums;
  for (std::uint32_t tile = 0; tile < 3; ++tile) sums.push_back(made.mvm(tile, codes, 64 * tile));
  const StepId sum = made.accumulate(0, sums);
  made.program.steps[sum].reduction = reduction;
  made.sample(1, {sum});
  return made;
}

TEST(InNetworkPlayed, TimeOfASumByHand) {
  const TimingResult result =
      simulate_timing(three_row_tiles(interconnect::Reduction::in_network).program, InferenceWorkload::single(1, 1));
  // Codes: 512 bits and a header are 9 flits of 64; those of the third tile enter last, 18 ns after the first, and
  // have no hop to go.
  const Time last_codes = ns(62.8) + ns(18 + 9);
  // Sums: 1024 bits and a header are 17 flits. A hop, an addition at node 1 of 1 ns, a hop, an addition at node 0.
  const Time summed = last_codes + ns(102) + ns(1 + 1 + 1 + 1 + 17);
  // To the sampler two hops.
  EXPECT_EQ(result.elapsed, summed + ns(2 + 17 + 20));
}

TEST(InNetworkPlayed, TimeOfALateSumByHand) {
  HandMade made = three_row_tiles(interconnect::Reduction::in_network);
  made.program.hardware.network.add_cycles = 4;
  // The codes of the second tile come last: no addition at node 2, the same two at the nodes 1 and 0, one hop less.
  std::swap(made.program.steps[2].unit, made.program.steps[3].unit);
  std::swap(made.program.shards[1].tile, made.program.shards[2].tile);
  const TimingResult result = simulate_timing(made.program, InferenceWorkload::single(1, 1));
  const Time last_codes = ns(62.8) + ns(18 + 1 + 9);
  EXPECT_EQ(result.elapsed, last_codes + ns(102 + 4 + 1 + 4 + 17) + ns(2 + 17 + 20));
}

TEST(InNetworkPlayed, FlitHopsByHand) {
  // Codes of 9 flits: two hops, one and none. Sums of 17 flits: over the two links to node 0, each once; then two hops.
  const TimingResult result =
      simulate_timing(three_row_tiles(interconnect::Reduction::in_network).program, InferenceWorkload::single(3, 2));
  EXPECT_EQ(result.counts.total(Action::flit_hop), 4 * (9 * 3 + 17 * 2) + 2 * 17 * 2);
}

TEST(InNetworkPlayed, FlitHopsOfSumsThatTravelToTheFirstTile) {
  // The sum of tile 2 goes over both links, that of tile 1 over one.
  const TimingResult result =
      simulate_timing(three_row_tiles(interconnect::Reduction::first_tile).program, InferenceWorkload::single(3, 2));
  EXPECT_EQ(result.counts.total(Action::flit_hop), 4 * (9 * 3 + 17 * 3) + 2 * 17 * 2);
}

}  // namespace
}  // namespace aimc::sim
