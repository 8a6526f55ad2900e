#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/timing/simulation.h"
#include "tests/timing/test_network.h"

// Packets with several destinations, and packets that meet. Mesh of 4 x 4, 64-bit flits at 1 GHz, one cycle a hop, no
// header.
namespace aimc::interconnect {
namespace {

using aimc::testing::ns;
using aimc::testing::run_until;
using aimc::testing::TestNetwork;

NetworkSpec mesh_spec() {
  NetworkSpec spec;
  spec.clock = Frequency(1e9);
  spec.header_bits = 0;
  spec.add_cycles = 3;
  return spec;
}

TEST(Multicast, EveryDestinationGetsItAsIfAloneAndEachLinkCarriesItOnce) {
  TestNetwork mesh(mesh_spec(), {}, {4, 4});
  mesh.network.send(mesh.packet({0, 0}, {{0, 3}, {0, 7}, {0, 1}}, 640, 1));  // 0-1-2-3-7
  run_until(ns(100));
  EXPECT_EQ((mesh.arrivals.at_end[{1, 0}]), ns(3 + 10));
  EXPECT_EQ((mesh.arrivals.at_end[{1, 1}]), ns(4 + 10));
  EXPECT_EQ((mesh.arrivals.at_end[{1, 2}]), ns(1 + 10));
  EXPECT_EQ(mesh.network.flit_hops(0, 0), 10 * 4);
}

TEST(Multicast, IsNeverLaterThanPacketsOneByOneNorEarlierThanItsWay) {
  std::mt19937 random(8);
  TestNetwork mesh(mesh_spec(), {}, {4, 4});
  std::int64_t now = 0, later_alone = 0;
  for (std::uint64_t cookie = 0; cookie < 100; cookie += 2) {
    std::vector<NetworkPlace> to(2 + random() % 6);
    for (NetworkPlace& place : to) place.node = random() % 16;
    const NetworkPlace from{0, static_cast<MeshNode>(random() % 16)};
    const Packet tree = mesh.packet(from, to, 640, cookie);
    mesh.network.send(tree);
    run_until(ns(static_cast<double>(now += 10'000)));
    for (const NetworkPlace& place : to) mesh.send(from, place, 640, cookie + 1);
    run_until(ns(static_cast<double>(now += 10'000)));
    const Time sent = ns(static_cast<double>(now - 20'000));
    Time farthest;
    for (std::uint32_t end = 0; end < to.size(); ++end) farthest = std::max(farthest, mesh.unloaded_time(tree, end));
    EXPECT_EQ(mesh.arrivals.at[cookie] - sent, farthest);
    const Time alone = mesh.arrivals.at[cookie + 1] - sent - ns(10'000);
    EXPECT_LE(mesh.arrivals.at[cookie] - sent, alone);
    later_alone += alone > farthest ? 1 : 0;
  }
  EXPECT_GT(later_alone, 40);
}

TEST(Multicast, OverAChipLinkOnce) {
  ChipLinkSpec links;
  links.bandwidth = Bandwidth(8e9);
  links.latency = ns(20);
  TestNetwork package(mesh_spec(), links, {4, 4}, 2);
  package.network.send(package.packet({0, 11}, {{1, 8}, {1, 9}}, 640, 1));  // gateways 11 (east) and 8 (west)
  run_until(ns(100));
  EXPECT_EQ(package.network.chip_link_bytes(0, 0), 80);
  EXPECT_EQ((package.arrivals.at_end[{1, 0}]), ns(20 + 10));
  EXPECT_EQ((package.arrivals.at_end[{1, 1}]), ns(20 + 1 + 10));
}

Packet contribution(std::uint64_t cookie, std::int64_t bits = 640) {
  Packet packet;
  packet.payload_bits = bits;
  packet.cookie = cookie;
  return packet;
}

TEST(InNetworkReduction, ArrivesOnceWithTheLastAndAddsWherePacketsMeet) {
  TestNetwork mesh(mesh_spec(), {}, {4, 4});
  const ReductionId sum = mesh.routes.add_reduction(std::vector<NetworkPlace>{{0, 0}, {0, 1}, {0, 2}}, {0, 3});
  mesh.network.contribute(sum, 0, contribution(7));
  mesh.network.contribute(sum, 2, contribution(7));
  run_until(ns(50));
  EXPECT_EQ(mesh.arrivals.deliveries, 0);
  mesh.network.contribute(sum, 1, contribution(7));
  run_until(ns(50 + 3 + 1 + 3 + 1 + 10) - Time(1));  // two meetings of 3 ns, at 1 and at 2, and two hops
  EXPECT_EQ(mesh.arrivals.deliveries, 0);
  run_until(ns(200));
  EXPECT_EQ(mesh.arrivals.deliveries, 1);
  EXPECT_EQ((mesh.arrivals.at_end[{7, 1}]), ns(50 + 18));  // brought by contributor 1
  EXPECT_EQ(mesh.network.unloaded_contribution(sum, 1, 640, Time{}), ns(18));
  EXPECT_EQ(mesh.network.flit_hops(0, 0), 10 * 3);  // one packet on each of three links
}

TEST(InNetworkReduction, VectorsInFlightAreToldApart) {
  std::mt19937 random(9);
  TestNetwork mesh(mesh_spec(), {}, {4, 4});
  const std::vector<NetworkPlace> from{{0, 0}, {0, 5}, {0, 5}, {0, 10}, {0, 15}, {0, 6}};
  const ReductionId sum = mesh.routes.add_reduction(from, {0, 6});
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
  for (std::uint64_t cookie = 0; cookie < 20; ++cookie) {
    for (std::uint32_t i = 0; i < from.size(); ++i) order.emplace_back(cookie, i);
  }
  std::shuffle(order.begin(), order.end(), random);
  for (const auto& [cookie, i] : order) mesh.network.contribute(sum, i, contribution(cookie));
  run_until(ns(10'000));
  EXPECT_EQ(mesh.arrivals.deliveries, 20);
  EXPECT_EQ(mesh.arrivals.at.size(), 20U);
}

}  // namespace
}  // namespace aimc::interconnect
