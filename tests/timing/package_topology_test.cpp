#include "interconnect/topology/package_topology.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <queue>
#include <set>
#include <vector>

namespace aimc::interconnect {
namespace {

/// Distances from a node by breadth-first search over a topology's links: independent of how routes are chosen.
std::vector<std::uint32_t> distances(const ChipTopology& chip, MeshNode from) {
  const std::uint32_t nodes = chip.mesh().node_count();
  std::vector<std::uint32_t> distance(nodes, nodes);
  std::queue<MeshNode> open;
  distance[from] = 0;
  for (open.push(from); !open.empty(); open.pop()) {
    const MeshNode node = open.front();
    for (std::uint8_t d = 0; d < (chip.kind() == Topology::ring ? 2 : 4); ++d) {
      const auto direction = static_cast<Direction>(d);
      if (chip.kind() == Topology::mesh && chip.wraps(node, direction)) continue;
      const MeshNode next = chip.neighbour(node, direction);
      if (distance[next] < nodes) continue;
      distance[next] = distance[node] + 1;
      open.push(next);
    }
  }
  return distance;
}

void expect_shortest_ways(Topology topology, Grid grid) {
  const ChipTopology chip(topology, grid);
  for (MeshNode from = 0; from < chip.mesh().node_count(); ++from) {
    const std::vector<std::uint32_t> distance = distances(chip, from);
    for (MeshNode to = 0; to < chip.mesh().node_count(); ++to) {
      std::uint32_t length = 0;
      for (MeshNode node = from; node != to; ++length) {
        node = chip.neighbour(node, chip.next(node, to));
        ASSERT_LE(length, distance[to]);
      }
      EXPECT_EQ(length, distance[to]);
      EXPECT_EQ(length, chip.hops(from, to));
    }
  }
}

TEST(ChipTopology, EveryWayIsAShortestOne) {
  for (const Topology topology : {Topology::mesh, Topology::torus, Topology::ring}) {
    for (const Grid grid : {Grid{1, 1}, Grid{4, 1}, Grid{2, 2}, Grid{5, 4}, Grid{4, 3}}) {
      expect_shortest_ways(topology, grid);
    }
  }
}

TEST(ChipTopology, ARingFollowsTheSnakeAndCloses) {
  const ChipTopology ring(Topology::ring, {3, 3});
  EXPECT_EQ(ring.neighbour(2, Direction::east), 5U);  // 0 1 2 / 5 4 3 (nodes 5, 4, 3) / 6 7 8
  EXPECT_EQ(ring.hops(0, 8), 1U);
  EXPECT_TRUE(ring.wraps(8, Direction::east));
  EXPECT_FALSE(ring.wraps(2, Direction::east));
}

TEST(PackageTopology, NumbersAndPlacesAreTheSameThing) {
  const PackageTopology package(Topology::mesh, {3, 2}, 3);
  std::set<std::string> names;
  for (LinkId link = 0; link < package.link_count(); ++link) {
    EXPECT_EQ(package.link(package.place(link)), link);
    names.insert(name(package.place(link)));
  }
  EXPECT_EQ(names.size(), package.link_count());
  EXPECT_EQ(package.link_count(), 3U * (6 * 6 + 12));
}

TEST(PackageTopology, AWayToAnotherChipLeavesByTheGatewayOfThatSide) {
  const PackageTopology package(Topology::mesh, {3, 3}, 4);  // chips 0 1 / 3 2
  std::vector<std::string> names;
  package.walk({0, 4}, {2, 4}, [&](const LinkPlace& place) { names.push_back(name(place)); });
  const std::vector<std::string> expected{
      "chip 0 node 4 injection",       "chip 0 node 4 east",  "chip 0 gateway to its east", "chip 0 to its east",
      "chip 1 to its south",  // over chip 1 without entering it
      "chip 2 gateway from its north", "chip 2 node 1 south", "chip 2 node 4 ejection"};
  EXPECT_EQ(names, expected);
  EXPECT_EQ(package.hops({0, 4}, {2, 4}), 4U);
}

}  // namespace
}  // namespace aimc::interconnect
