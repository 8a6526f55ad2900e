#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "interconnect/topology/chip_grid.h"
#include "interconnect/topology/mesh.h"

namespace aimc::interconnect {
namespace {

std::vector<MeshNode> nodes_left(const Mesh& mesh, MeshNode from, MeshNode to) {
  std::vector<MeshNode> nodes;
  mesh.for_each_link(from, to, [&](MeshLink, MeshNode node) { nodes.push_back(node); });
  return nodes;
}

TEST(Mesh, TravelsAlongXFirst) {
  const Mesh mesh({4, 3});  // 0 1 2 3 / 4 5 6 7 / 8 9 10 11
  EXPECT_THAT(nodes_left(mesh, 0, 10), ::testing::ElementsAre(0, 1, 2, 6));
  EXPECT_THAT(nodes_left(mesh, 10, 0), ::testing::ElementsAre(10, 9, 8, 4));
  EXPECT_TRUE(nodes_left(mesh, 5, 5).empty());
}

TEST(Mesh, NeighboursAreJoinedByOneLinkEachWay) {
  const Mesh mesh({3, 3});
  std::set<MeshLink> links;
  for (MeshNode a = 0; a < 9; ++a) {
    for (MeshNode b = 0; b < 9; ++b) {
      if (mesh.hops(a, b) == 1) mesh.for_each_link(a, b, [&](MeshLink link, MeshNode) { links.insert(link); });
    }
  }
  EXPECT_EQ(links.size(), 24U);  // 12 edges, two directions
}

TEST(Mesh, RouteLengthIsTheManhattanDistance) {
  const Mesh mesh({7, 5});
  std::mt19937 random(3);
  for (int i = 0; i < 200; ++i) {
    const MeshNode a = random() % 35, b = random() % 35;
    const int dx = static_cast<int>(a % 7) - static_cast<int>(b % 7),
              dy = static_cast<int>(a / 7) - static_cast<int>(b / 7);
    EXPECT_EQ(nodes_left(mesh, a, b).size(), static_cast<std::size_t>(std::abs(dx) + std::abs(dy)));
  }
}

TEST(Mesh, ConsecutivePlacesOfTheSnakeAreNeighbours) {
  const Mesh mesh({5, 4});
  std::set<MeshNode> seen{mesh.snake(0)};
  for (std::uint32_t i = 1; i < 20; ++i) {
    EXPECT_EQ(mesh.hops(mesh.snake(i - 1), mesh.snake(i)), 1U);
    seen.insert(mesh.snake(i));
  }
  EXPECT_EQ(seen.size(), 20U);
}

TEST(ChipGrid, NoRouteCrossesAPlaceWithoutAChip) {
  for (std::uint32_t chips = 1; chips <= 23; ++chips) {
    const ChipGrid grid(chips);
    for (std::uint32_t a = 0; a < chips; ++a) {
      for (std::uint32_t b = 0; b < chips; ++b) {
        std::uint32_t length = 0;
        for (std::uint32_t chip = a; chip != b; ++length) {
          chip = grid.neighbour(chip, grid.next(chip, b));
          ASSERT_LT(chip, chips);
        }
        EXPECT_EQ(length, grid.hops(a, b));
      }
    }
  }
}

TEST(ChipGrid, CountsEachPairOfNeighboursOnce) {
  for (std::uint32_t chips = 1; chips <= 50; ++chips) {
    const ChipGrid grid(chips);
    std::uint32_t pairs = 0;
    for (std::uint32_t a = 0; a < chips; ++a)
      for (std::uint32_t b = a + 1; b < chips; ++b) pairs += grid.hops(a, b) == 1 ? 1 : 0;
    EXPECT_EQ(grid.neighbours(), pairs) << chips;
  }
}

TEST(ChipGrid, ConsecutiveChipsAreNeighbours) {
  const ChipGrid grid(10);
  for (std::uint32_t chip = 1; chip < 10; ++chip) EXPECT_EQ(grid.hops(chip - 1, chip), 1U);
}

}  // namespace
}  // namespace aimc::interconnect
