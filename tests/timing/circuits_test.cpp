#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/timing/simulation.h"
#include "tests/timing/test_network.h"

// Circuit switching: 7 ns of set-up. Mesh of 4 x 4, 64-bit flits at 1 GHz, 1 cycle a hop, no header; packets of 10
// flits.
namespace aimc::interconnect {
namespace {

using aimc::testing::ns;
using aimc::testing::run_until;
using aimc::testing::TestNetwork;

NetworkSpec mesh_spec() {
  NetworkSpec spec;
  spec.switching = Switching::circuit;
  spec.circuit_setup = ns(7);
  spec.clock = Frequency(1e9);
  spec.header_bits = 0;
  return spec;
}

ChipLinkSpec link_spec(double bytes_per_second) {
  ChipLinkSpec links;
  links.bandwidth = Bandwidth(bytes_per_second);
  links.latency = ns(20);
  return links;
}

struct Mesh : TestNetwork {
  Mesh() : TestNetwork(mesh_spec(), {}, {4, 4}) {}
};

TEST(Circuits, TakeTheirSetUpAndTheWay) {
  Mesh mesh;
  const Packet sent = mesh.packet({0, 0}, {{0, 3}, {0, 7}, {0, 1}}, 640, 1);
  mesh.network.send(sent);
  run_until(ns(100));
  EXPECT_EQ((mesh.arrivals.at_end[{1, 0}]), ns(7 + 3 + 10));
  EXPECT_EQ((mesh.arrivals.at_end[{1, 1}]), ns(7 + 4 + 10));
  EXPECT_EQ((mesh.arrivals.at_end[{1, 2}]), ns(7 + 1 + 10));
  EXPECT_EQ(mesh.unloaded_time(sent, 1), ns(7 + 4 + 10));
}

TEST(Circuits, TheNextOneIsSetUpBehindTheTail) {
  Mesh mesh;
  mesh.send({0, 0}, {0, 3}, 640, 1);
  mesh.send({0, 0}, {0, 3}, 640, 2);
  mesh.send({0, 2}, {0, 3}, 640, 3);  // its only link is held after 2 ns, its ejection port after 3
  mesh.send({0, 3}, {0, 0}, 640, 4);  // the other way
  run_until(ns(200));
  EXPECT_EQ(mesh.arrivals.at[1], ns(20));
  EXPECT_EQ(mesh.arrivals.at[2], ns(20 + 17));
  // The link from node 2 is the first packet's until 2 + 17 ns, the second's until 36.
  EXPECT_EQ(mesh.arrivals.at[3], ns(36 + 7 + 1 + 10));
  EXPECT_EQ(mesh.arrivals.at[4], ns(20));
}

// A tree waits for all its branches, because it is claimed in one piece: a packet would have left at once.
TEST(Circuits, ATreeIsSetUpInOnePiece) {
  Mesh mesh;
  mesh.send({0, 13}, {0, 14}, 640, 1);                                 // 13 -> 14 until 17 ns
  mesh.network.send(mesh.packet({0, 12}, {{0, 14}, {0, 8}}, 640, 2));  // 12-13-14 and 12-8
  run_until(ns(200));
  // 13 -> 14 is 1 ns behind the beginning of the tree, its port 2 ns: free for that after 17 - 1 and 18 - 2 ns.
  EXPECT_EQ((mesh.arrivals.at_end[{2, 0}]), ns(16 + 7 + 2 + 10));
  EXPECT_EQ((mesh.arrivals.at_end[{2, 1}]), ns(16 + 7 + 1 + 10));
}

// Two chips of 4 x 4: from node 7 (gateway east, as in the next test) over the link to the other's western gateway.
TEST(Circuits, EndAtTheGatewaysOfTheChips) {
  TestNetwork package(mesh_spec(), link_spec(8e9), {4, 4}, 2);  // as fast as a mesh link: 10 ns for 80 bytes
  const MeshNode east = package.routes.topology().chip().gateway(Direction::east);
  const MeshNode west = package.routes.topology().chip().gateway(Direction::west);
  package.send({0, east}, {1, west}, 640, 1);
  // The chip link needs the first packet for 10 ns only, and so holds up nothing but its set-up on the next chip.
  package.send({1, west}, {1, west + 1}, 640, 2);
  run_until(ns(500));
  EXPECT_EQ(package.arrivals.at[1], ns(7 + 20 + 7 + 10));
  EXPECT_EQ(package.arrivals.at[2], ns(7 + 1 + 10));
}

TEST(Circuits, ASlowChipLinkDoesNotHoldTheMeshBehindIt) {
  TestNetwork package(mesh_spec(), link_spec(1e9), {4, 4}, 2);  // 80 ns for 80 bytes
  const MeshNode east = package.routes.topology().chip().gateway(Direction::east);
  const MeshNode west = package.routes.topology().chip().gateway(Direction::west);
  const Packet over = package.packet({0, east}, {{1, west}}, 640, 1);
  package.network.send(over);
  package.send({0, east}, {0, east - 1}, 640, 2);
  run_until(ns(500));
  // The next chip's circuit is set up in time for the tail.
  EXPECT_EQ(package.arrivals.at[1], ns(7 + 80 + 20));
  EXPECT_EQ(package.unloaded_time(over), ns(7 + 80 + 20));
  EXPECT_EQ(package.arrivals.at[2], ns(17 + 7 + 1 + 10));  // the port of node `east` is held for 17 ns, not for 87
}

TEST(Circuits, OverChipsEveryDestinationIsServedAsIfAloneWhenNothingElseIs) {
  std::mt19937 random(5);
  TestNetwork package(mesh_spec(), link_spec(8e9), {4, 4}, 4);
  std::int64_t now = 0;
  for (std::uint64_t cookie = 0; cookie < 60; ++cookie) {
    std::vector<NetworkPlace> to(1 + random() % 8);
    for (NetworkPlace& place : to) place = {static_cast<std::uint32_t>(random() % 4), MeshNode(random() % 16)};
    const NetworkPlace from{static_cast<std::uint32_t>(random() % 4), MeshNode(random() % 16)};
    const Packet tree = package.packet(from, to, 640, cookie);
    package.network.send(tree);
    run_until(ns(static_cast<double>(now += 10'000)));
    for (std::uint32_t end = 0; end < to.size(); ++end) {
      // By hand: on each chip the set-up and the hops, 20 ns a chip link, the tail 10 ns behind the head.
      const PackageTopology& topology = package.routes.topology();
      std::int64_t chip_links = 0;
      topology.walk(from, to[end], [&](const LinkPlace& place) { chip_links += place.kind == LinkKind::chip_link; });
      const std::int64_t hops = topology.hops(from, to[end]) - chip_links;
      const std::int64_t chips = chip_links > 0 ? 2 : 1;
      const Time expected = ns(static_cast<double>(7 * chips + hops + 20 * chip_links + 10));
      EXPECT_EQ((package.arrivals.at_end[{cookie, end}]) - ns(static_cast<double>(now - 10'000)), expected);
      EXPECT_EQ(package.unloaded_time(tree, end), expected);
    }
  }
}

TEST(Circuits, AllArriveAndNoneBeforeItsTimeOnABusyPackage) {
  std::mt19937 random(6);
  TestNetwork package(mesh_spec(), link_spec(4e9), {4, 4}, 4);
  int expected = 0;
  std::vector<Time> earliest;
  for (std::uint64_t cookie = 0; cookie < 300; ++cookie) {
    std::vector<NetworkPlace> to(1 + random() % 5);
    for (NetworkPlace& place : to) place = {static_cast<std::uint32_t>(random() % 4), MeshNode(random() % 16)};
    const Packet tree = package.packet({static_cast<std::uint32_t>(random() % 4), MeshNode(random() % 16)}, to,
                                       static_cast<std::int64_t>(64 + random() % 1000), cookie);
    package.network.send(tree);
    Time last;
    for (std::uint32_t end = 0; end < to.size(); ++end) last = std::max(last, package.unloaded_time(tree, end));
    earliest.push_back(last);
    expected += static_cast<int>(to.size());
  }
  run_until(ns(1'000'000));
  EXPECT_EQ(package.arrivals.deliveries, expected);
  int waited = 0;
  for (std::uint64_t cookie = 0; cookie < earliest.size(); ++cookie) {
    EXPECT_GE(package.arrivals.at[cookie], earliest[cookie]);
    waited += package.arrivals.at[cookie] > earliest[cookie] ? 1 : 0;
  }
  EXPECT_GT(waited, 200);
  const Time end = std::ranges::max_element(package.arrivals.at, {}, [](const auto& at) { return at.second; })->second;
  for (const LinkLoad& load : package.network.link_loads()) EXPECT_LE(load.reserved, end) << name(load.place);
}

}  // namespace
}  // namespace aimc::interconnect
