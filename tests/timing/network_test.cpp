#include <gtest/gtest.h>

#include "tests/timing/simulation.h"
#include "tests/timing/test_network.h"

// A mesh of 4 x 3 with 64-bit flits at 1 GHz, two cycles a hop, 64 header bits.
namespace aimc::interconnect {
namespace {

using aimc::testing::ns;
using aimc::testing::run_until;
using aimc::testing::TestNetwork;

NetworkSpec mesh_spec() {
  NetworkSpec spec;
  spec.clock = Frequency(1e9);
  spec.flit_bits = 64;
  spec.header_bits = 64;
  spec.hop_cycles = 2;
  return spec;
}

struct MeshTest : TestNetwork {
  explicit MeshTest(const NetworkSpec& spec = mesh_spec()) : TestNetwork(spec, {}, {4, 3}, 1, 2) {}
};

TEST(MeshNetwork, AnEmptyMeshTakesHopsPlusSerialisation) {
  MeshTest mesh;
  mesh.send({0, 0}, {0, 10}, 512, 1);  // 4 hops x 2 ns + (512 + 64) / 64 = 9 flits
  run_until(ns(17) - Time(1));
  EXPECT_TRUE(mesh.arrivals.at.empty());
  run_until(ns(17));
  EXPECT_EQ(mesh.arrivals.at.count(1), 1U);
}

TEST(MeshNetwork, APartOfAFlitIsAFlit) {
  MeshTest mesh;
  mesh.send({0, 0}, {0, 1}, 65, 1);
  run_until(ns(100));
  EXPECT_EQ(mesh.arrivals.at[1], ns(2 + 3));
}

TEST(MeshNetwork, TheSecondPacketOnALinkWaitsForTheFirst) {
  MeshTest mesh;
  mesh.send({0, 0}, {0, 2}, 512, 1);  // over 0-1, 1-2
  mesh.send({0, 1}, {0, 3}, 512, 2);  // over 1-2, 2-3
  run_until(ns(100));
  EXPECT_EQ(mesh.arrivals.at[1], ns(4 + 9));
  // The first one's head is at 1-2 after 2 ns, but the second one wants it at 0: the gap of 2 ns is too short.
  EXPECT_EQ(mesh.arrivals.at[2], ns(2 + 9 + 4 + 9));
}

TEST(MeshNetwork, OneNodeSendsAndReceivesOnePacketAtATime) {
  MeshTest mesh;
  mesh.send({0, 5}, {0, 6}, 512, 1);
  mesh.send({0, 5}, {0, 4}, 512, 2);   // another link, the same source
  mesh.send({0, 10}, {0, 6}, 512, 3);  // another link, the same target
  run_until(ns(100));
  EXPECT_EQ(mesh.arrivals.at[1], ns(2 + 9));
  EXPECT_EQ(mesh.arrivals.at[2], ns(9 + 2 + 9));
  EXPECT_EQ(mesh.arrivals.at[3], ns(2 + 9 + 9));
}

TEST(MeshNetwork, DisjointRoutesDoNotDisturbEachOther) {
  MeshTest mesh;
  mesh.send({0, 0}, {0, 3}, 512, 1);    // first row, eastwards
  mesh.send({0, 7}, {0, 4}, 512, 2);    // second row, westwards
  mesh.send({0, 11}, {0, 10}, 512, 3);  // third row
  run_until(ns(100));
  EXPECT_EQ(mesh.arrivals.at[1], ns(6 + 9));
  EXPECT_EQ(mesh.arrivals.at[2], ns(6 + 9));
  EXPECT_EQ(mesh.arrivals.at[3], ns(2 + 9));
}

TEST(MeshNetwork, OppositeDirectionsOfALinkAreTwoLinks) {
  MeshTest mesh;
  mesh.send({0, 0}, {0, 1}, 512, 1);
  mesh.send({0, 1}, {0, 0}, 512, 2);
  run_until(ns(100));
  EXPECT_EQ(mesh.arrivals.at[1], mesh.arrivals.at[2]);
}

TEST(MeshNetwork, AnEarlierPacketOfANeighbourUsesTheGapBeforeABookedOne) {
  NetworkSpec spec = mesh_spec();
  spec.hop_cycles = 20;
  MeshTest mesh(spec);
  mesh.send({0, 0}, {0, 3}, 512, 1);  // at 2-3 from 40 ns on
  mesh.send({0, 2}, {0, 3}, 512, 2);  // at 2-3 in [0, 9) ns
  run_until(ns(200));
  EXPECT_EQ(mesh.arrivals.at[1], ns(60 + 9));
  EXPECT_EQ(mesh.arrivals.at[2], ns(20 + 9));
}

TEST(MeshNetwork, ASlowSenderDoesNotDelayTheTailTwice) {
  MeshTest mesh;
  Packet slow = mesh.packet({0, 0}, {{0, 1}}, 512, 1);
  slow.feed = ns(30);  // the sender's buffer drains in 30 ns, the link could in 9
  mesh.network.send(slow);
  EXPECT_EQ(mesh.unloaded_time(slow), ns(30 + 2));
  run_until(ns(100));
  EXPECT_EQ(mesh.arrivals.at[1], ns(30 + 2));
}

TEST(MeshNetwork, WithinANodeOnlyThePortIsUsed) {
  MeshTest mesh;
  mesh.send({0, 5}, {0, 5}, 512, 1);
  run_until(ns(100));
  EXPECT_EQ(mesh.arrivals.at[1], ns(9));
  EXPECT_EQ(mesh.network.flit_hops(0, 0), 0);
}

TEST(MeshNetwork, CountsFlitsTimesLinksForTheAccount) {
  MeshTest mesh;
  Packet counted = mesh.packet({0, 0}, {{0, 10}}, 512, 1);
  counted.account = 1;
  mesh.network.send(counted);
  EXPECT_EQ(mesh.network.flit_hops(0, 1), 9 * 4);
  EXPECT_EQ(mesh.network.flit_hops(0, 0), 0);
  EXPECT_EQ(mesh.network.busiest_link(), ns(9));
}

TEST(MeshNetwork, ConstantNetworkIgnoresSizeWayAndCompany) {
  NetworkSpec spec = mesh_spec();
  spec.topology = Topology::constant;
  spec.constant_latency = ns(10);
  MeshTest mesh(spec);
  mesh.send({0, 0}, {0, 11}, 1 << 20, 1);
  mesh.send({0, 0}, {0, 11}, 8, 2);
  run_until(ns(10) - Time(1));
  EXPECT_TRUE(mesh.arrivals.at.empty());
  run_until(ns(10));
  EXPECT_EQ(mesh.arrivals.at.size(), 2U);
}

}  // namespace
}  // namespace aimc::interconnect
