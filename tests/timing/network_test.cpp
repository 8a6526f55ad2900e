#include <gtest/gtest.h>

#include "interconnect/sc/package_network_module.h"
#include "tests/timing/arrivals.h"
#include "tests/timing/simulation.h"

// A mesh of 4 x 3 with 64-bit flits at 1 GHz, two cycles a hop, 64 header bits.
namespace aimc::interconnect {
namespace {

using aimc::testing::Arrivals;
using aimc::testing::ns;
using aimc::testing::packet;
using aimc::testing::run_until;

NetworkSpec mesh_spec() {
  NetworkSpec spec;
  spec.clock = Frequency(1e9);
  spec.flit_bits = 64;
  spec.header_bits = 64;
  spec.hop_cycles = 2;
  return spec;
}

class MeshTest : public ::testing::Test {
 protected:
  PackageNetworkModule build(const NetworkSpec& spec) {
    return {"network", spec, {}, {.chips = 1, .grid = {4, 3}, .gateway = 0, .accounts = 2}, arrivals};
  }
  Arrivals arrivals;
};

TEST_F(MeshTest, AnEmptyMeshTakesHopsPlusSerialisation) {
  PackageNetworkModule network = build(mesh_spec());
  network.send(packet({0, 0}, {0, 10}, 512, 1));  // 4 hops x 2 ns + (512 + 64) / 64 = 9 flits
  run_until(ns(17) - Time(1));
  EXPECT_TRUE(arrivals.at.empty());
  run_until(ns(17));
  EXPECT_EQ(arrivals.at.count(1), 1U);
}

TEST_F(MeshTest, APartOfAFlitIsAFlit) {
  PackageNetworkModule network = build(mesh_spec());
  network.send(packet({0, 0}, {0, 1}, 65, 1));
  run_until(ns(100));
  EXPECT_EQ(arrivals.at[1], ns(2 + 3));
}

TEST_F(MeshTest, TheSecondPacketOnALinkWaitsForTheFirst) {
  PackageNetworkModule network = build(mesh_spec());
  network.send(packet({0, 0}, {0, 2}, 512, 1));  // over 0-1, 1-2
  network.send(packet({0, 1}, {0, 3}, 512, 2));  // over 1-2, 2-3
  run_until(ns(100));
  EXPECT_EQ(arrivals.at[1], ns(4 + 9));
  // The first one's head is at 1-2 after 2 ns, but the second one wants it at 0: the gap of 2 ns is too short.
  EXPECT_EQ(arrivals.at[2], ns(2 + 9 + 4 + 9));
}

TEST_F(MeshTest, OneNodeSendsAndReceivesOnePacketAtATime) {
  PackageNetworkModule network = build(mesh_spec());
  network.send(packet({0, 5}, {0, 6}, 512, 1));
  network.send(packet({0, 5}, {0, 4}, 512, 2));   // another link, the same source
  network.send(packet({0, 10}, {0, 6}, 512, 3));  // another link, the same target
  run_until(ns(100));
  EXPECT_EQ(arrivals.at[1], ns(2 + 9));
  EXPECT_EQ(arrivals.at[2], ns(9 + 2 + 9));
  EXPECT_EQ(arrivals.at[3], ns(2 + 9 + 9));
}

TEST_F(MeshTest, DisjointRoutesDoNotDisturbEachOther) {
  PackageNetworkModule network = build(mesh_spec());
  network.send(packet({0, 0}, {0, 3}, 512, 1));    // first row, eastwards
  network.send(packet({0, 7}, {0, 4}, 512, 2));    // second row, westwards
  network.send(packet({0, 11}, {0, 10}, 512, 3));  // third row
  run_until(ns(100));
  EXPECT_EQ(arrivals.at[1], ns(6 + 9));
  EXPECT_EQ(arrivals.at[2], ns(6 + 9));
  EXPECT_EQ(arrivals.at[3], ns(2 + 9));
}

TEST_F(MeshTest, OppositeDirectionsOfALinkAreTwoLinks) {
  PackageNetworkModule network = build(mesh_spec());
  network.send(packet({0, 0}, {0, 1}, 512, 1));
  network.send(packet({0, 1}, {0, 0}, 512, 2));
  run_until(ns(100));
  EXPECT_EQ(arrivals.at[1], arrivals.at[2]);
}

TEST_F(MeshTest, AnEarlierPacketOfANeighbourUsesTheGapBeforeABookedOne) {
  NetworkSpec spec = mesh_spec();
  spec.hop_cycles = 20;
  PackageNetworkModule network = build(spec);
  network.send(packet({0, 0}, {0, 3}, 512, 1));  // at 2-3 from 40 ns on
  network.send(packet({0, 2}, {0, 3}, 512, 2));  // at 2-3 in [0, 9) ns
  run_until(ns(200));
  EXPECT_EQ(arrivals.at[1], ns(60 + 9));
  EXPECT_EQ(arrivals.at[2], ns(20 + 9));
}

TEST_F(MeshTest, ASlowSenderDoesNotDelayTheTailTwice) {
  PackageNetworkModule network = build(mesh_spec());
  Packet slow = packet({0, 0}, {0, 1}, 512, 1);
  slow.feed = ns(30);  // the sender's buffer drains in 30 ns, the link could in 9
  network.send(slow);
  EXPECT_EQ(network.unloaded_time(slow), ns(30 + 2));
  run_until(ns(100));
  EXPECT_EQ(arrivals.at[1], ns(30 + 2));
}

TEST_F(MeshTest, WithinANodeOnlyThePortIsUsed) {
  PackageNetworkModule network = build(mesh_spec());
  network.send(packet({0, 5}, {0, 5}, 512, 1));
  run_until(ns(100));
  EXPECT_EQ(arrivals.at[1], ns(9));
  EXPECT_EQ(network.chip(0).flit_hops()[0], 0);
}

TEST_F(MeshTest, CountsFlitsTimesLinksForTheAccount) {
  PackageNetworkModule network = build(mesh_spec());
  Packet counted = packet({0, 0}, {0, 10}, 512, 1);
  counted.account = 1;
  network.send(counted);
  EXPECT_EQ(network.chip(0).flit_hops()[1], 9 * 4);
  EXPECT_EQ(network.chip(0).flit_hops()[0], 0);
  EXPECT_EQ(network.busiest_link(), ns(9));
}

TEST_F(MeshTest, ConstantNetworkIgnoresSizeWayAndCompany) {
  NetworkSpec spec = mesh_spec();
  spec.topology = Topology::constant;
  spec.constant_latency = ns(10);
  PackageNetworkModule network = build(spec);
  network.send(packet({0, 0}, {0, 11}, 1 << 20, 1));
  network.send(packet({0, 0}, {0, 11}, 8, 2));
  run_until(ns(10) - Time(1));
  EXPECT_TRUE(arrivals.at.empty());
  run_until(ns(10));
  EXPECT_EQ(arrivals.at.size(), 2U);
}

}  // namespace
}  // namespace aimc::interconnect
