#include <gtest/gtest.h>

#include "tests/timing/simulation.h"
#include "tests/timing/test_network.h"

// Chips of 2 x 2 nodes, gateways at nodes 3 (east), 2 (west), 3 (south) and 1 (north); 64-bit flits at 1 GHz, no
// header; chip links of 8 GB/s and 20 ns.
namespace aimc::interconnect {
namespace {

using aimc::testing::ns;
using aimc::testing::run_until;
using aimc::testing::TestNetwork;

NetworkSpec mesh_spec() {
  NetworkSpec mesh;
  mesh.clock = Frequency(1e9);
  mesh.flit_bits = 64;
  mesh.header_bits = 0;
  mesh.hop_cycles = 1;
  return mesh;
}

ChipLinkSpec link_spec() {
  ChipLinkSpec links;
  links.bandwidth = Bandwidth(8e9);  // as fast as a mesh link
  links.latency = ns(20);
  return links;
}

struct Package : TestNetwork {
  explicit Package(std::uint32_t chips) : TestNetwork(mesh_spec(), link_spec(), {2, 2}, chips) {}
};

TEST(ChipLinks, AddsItsLatencyToTheWayOverBothMeshes) {
  Package package(2);
  const Packet sent = package.packet({0, 1}, {{1, 0}}, 640, 1);  // 10 flits; 1 -> 3 one hop, link, 2 -> 0 one hop
  package.network.send(sent);
  EXPECT_EQ(package.unloaded_time(sent), ns(1 + 20 + 1 + 10));
  run_until(ns(32) - Time(1));
  EXPECT_TRUE(package.arrivals.at.empty());
  run_until(ns(32));
  EXPECT_EQ(package.arrivals.at.count(1), 1U);
  EXPECT_EQ(package.network.chip_link_bytes(0, 0), 80);
  EXPECT_EQ(package.network.flit_hops(0, 0), 10);
  EXPECT_EQ(package.network.flit_hops(1, 0), 10);
}

TEST(ChipLinks, PassesChipsOnTheWayWithoutEnteringThem) {
  Package package(4);                                            // 0 1 / 3 2
  const Packet sent = package.packet({0, 3}, {{2, 1}}, 640, 1);  // from the eastern gateway to the northern one
  package.network.send(sent);
  run_until(ns(200));
  EXPECT_EQ(package.arrivals.at[1], ns(2 * 20 + 10));
  EXPECT_EQ(package.network.chip_link_bytes(0, 0), 80);
  EXPECT_EQ(package.network.chip_link_bytes(1, 0), 80);  // X first: over chip 1
  EXPECT_EQ(package.network.flit_hops(1, 0), 0);
}

TEST(ChipLinks, PacketsQueueForTheLink) {
  Package package(2);
  package.send({0, 1}, {1, 0}, 640, 1);
  package.send({0, 2}, {1, 3}, 640, 2);
  run_until(ns(200));
  EXPECT_EQ(package.arrivals.at[1], ns(1 + 20 + 1 + 10));
  // Both heads are at the gateway after 1 ns; the second waits 10 ns there (its port out of the mesh) and no more.
  EXPECT_EQ(package.arrivals.at[2], ns(1 + 10 + 20 + 1 + 10));
}

}  // namespace
}  // namespace aimc::interconnect
