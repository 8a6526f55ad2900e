#include "interconnect/topology/route_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

namespace aimc::interconnect {
namespace {

std::vector<NetworkPlace> random_places(std::mt19937& random, std::size_t count, std::uint32_t chips,
                                        std::uint32_t nodes) {
  std::vector<NetworkPlace> places;
  for (std::size_t i = 0; i < count; ++i)
    places.push_back({static_cast<std::uint32_t>(random() % chips), static_cast<MeshNode>(random() % nodes)});
  return places;
}

/// Links of a way in order, from the destination back to the source.
std::vector<LinkId> backwards(const RouteView& route, std::uint32_t end) {
  std::vector<LinkId> links;
  for (std::uint32_t edge = route.ends[end]; edge != no_edge; edge = route.edges[edge].other) {
    EXPECT_TRUE(route.edges[edge].other == no_edge || route.edges[edge].other < edge);
    links.push_back(route.edges[edge].link);
  }
  std::ranges::reverse(links);
  return links;
}

TEST(RouteTable, ATreeContainsEachWayAndEachLinkOnce) {
  std::mt19937 random(5);
  for (const Topology topology : {Topology::mesh, Topology::torus, Topology::ring}) {
    RouteTable table(topology, {4, 4}, 5);
    for (int i = 0; i < 100; ++i) {
      const NetworkPlace from = random_places(random, 1, 5, 16)[0];
      const std::vector<NetworkPlace> to = random_places(random, 1 + random() % 12, 5, 16);
      const RouteView tree = table.route(table.add_route(from, to));
      std::set<LinkId> used;
      for (std::uint32_t end = 0; end < to.size(); ++end) {
        std::vector<LinkId> expected;
        table.topology().walk(from, to[end],
                              [&](const LinkPlace& place) { expected.push_back(table.topology().link(place)); });
        EXPECT_EQ(backwards(tree, end), expected);
        used.insert(expected.begin(), expected.end());
      }
      EXPECT_EQ(tree.edges.size(), used.size());
    }
  }
}

TEST(RouteTable, ChargesCountTheLinksOfEachChip) {
  RouteTable table(Topology::mesh, {3, 3}, 2);
  const RouteView tree = table.route(table.add_route({0, 4}, std::vector<NetworkPlace>{{1, 4}, {1, 5}, {0, 3}}));
  ASSERT_EQ(tree.charges.size(), 2U);
  EXPECT_EQ(tree.charges[0].chip, 0U);
  EXPECT_EQ(tree.charges[0].hops, 2U);  // 4 -> 5 (the eastern gateway), 4 -> 3
  EXPECT_EQ(tree.charges[0].chip_links, 1U);
  EXPECT_EQ(tree.charges[1].hops, 2U);  // 3 -> 4 -> 5, shared as far as 4
  EXPECT_EQ(tree.charges[1].chip_links, 0U);
}

TEST(RouteTable, BranchesOfAReductionMeetAndEndInOneEdge) {
  std::mt19937 random(6);
  for (const Topology topology : {Topology::mesh, Topology::torus, Topology::ring}) {
    RouteTable table(topology, {4, 4}, 5);
    for (int i = 0; i < 100; ++i) {
      const NetworkPlace to = random_places(random, 1, 5, 16)[0];
      const std::vector<NetworkPlace> from = random_places(random, 1 + random() % 12, 5, 16);
      const ReductionView tree = table.reduction(table.add_reduction(from, to));
      std::vector<std::uint32_t> fed(tree.edges.size());
      for (std::uint32_t i = 0; i < from.size(); ++i) {
        std::vector<LinkId> links, expected;
        for (std::uint32_t at = tree.begins[i]; at != no_edge; at = tree.edges[at].other) {
          links.push_back(tree.edges[at].link);
        }
        table.topology().walk(from[i], to,
                              [&](const LinkPlace& place) { expected.push_back(table.topology().link(place)); });
        EXPECT_EQ(links, expected);
        ++fed[tree.begins[i]];
      }
      std::uint32_t ends = 0;
      for (const RouteEdge& edge : tree.edges) edge.other == no_edge ? ++ends : ++fed[edge.other];
      EXPECT_EQ(ends, 1U);
      for (std::size_t edge = 0; edge < fed.size(); ++edge) EXPECT_EQ(tree.inputs[edge], fed[edge]);
    }
  }
}

}  // namespace
}  // namespace aimc::interconnect
