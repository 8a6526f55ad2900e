#include <gtest/gtest.h>

#include "interconnect/sc/package_network_module.h"
#include "tests/timing/arrivals.h"
#include "tests/timing/simulation.h"

// Chips of 2 x 2 nodes, gateway at node 1; 64-bit flits at 1 GHz, no header; chip links of 8 GB/s and 20 ns.
namespace aimc::interconnect {
namespace {

using aimc::testing::Arrivals;
using aimc::testing::ns;
using aimc::testing::packet;
using aimc::testing::run_until;

class ChipLinkTest : public ::testing::Test {
 protected:
  PackageNetworkModule build(std::uint32_t chips) {
    NetworkSpec mesh;
    mesh.clock = Frequency(1e9);
    mesh.flit_bits = 64;
    mesh.header_bits = 0;
    mesh.hop_cycles = 1;
    ChipLinkSpec links;
    links.bandwidth = Bandwidth(8e9);  // as fast as a mesh link
    links.latency = ns(20);
    return {"network", mesh, links, {.chips = chips, .grid = {2, 2}, .gateway = 1, .accounts = 1}, arrivals};
  }
  Arrivals arrivals;
};

TEST_F(ChipLinkTest, AddsItsLatencyToTheWayOverBothMeshes) {
  PackageNetworkModule network = build(2);
  const Packet sent = packet({0, 0}, {1, 3}, 640, 1);  // 10 flits; 0 -> 1 one hop, link, 1 -> 3 one hop
  network.send(sent);
  EXPECT_EQ(network.unloaded_time(sent), ns(1 + 20 + 1 + 10));
  run_until(ns(32) - Time(1));
  EXPECT_TRUE(arrivals.at.empty());
  run_until(ns(32));
  EXPECT_EQ(arrivals.at.count(1), 1U);
  EXPECT_EQ(network.links().bytes(0, 0), 80);
  EXPECT_EQ(network.chip(0).flit_hops()[0], 10);
  EXPECT_EQ(network.chip(1).flit_hops()[0], 10);
}

TEST_F(ChipLinkTest, PassesChipsOnTheWayWithoutEnteringThem) {
  PackageNetworkModule network = build(4);  // 0 1 / 3 2
  const Packet sent = packet({0, 1}, {2, 1}, 640, 1);
  network.send(sent);
  run_until(ns(200));
  EXPECT_EQ(arrivals.at[1], ns(2 * 20 + 10));
  EXPECT_EQ(network.links().bytes(0, 0), 80);
  EXPECT_EQ(network.links().bytes(1, 0), 80);  // X first: over chip 1
  EXPECT_EQ(network.chip(1).flit_hops()[0], 0);
}

TEST_F(ChipLinkTest, PacketsQueueForTheLink) {
  PackageNetworkModule network = build(2);
  network.send(packet({0, 0}, {1, 0}, 640, 1));
  network.send(packet({0, 3}, {1, 3}, 640, 2));
  run_until(ns(200));
  EXPECT_EQ(arrivals.at[1], ns(1 + 20 + 1 + 10));
  // Both heads are at the gateway after 1 ns; the second waits 10 ns there (its port out of the mesh) and no more.
  EXPECT_EQ(arrivals.at[2], ns(1 + 10 + 20 + 1 + 10));
}

}  // namespace
}  // namespace aimc::interconnect
