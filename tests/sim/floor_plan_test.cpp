#include "sim/program/floor_plan.h"

#include <gtest/gtest.h>

#include <set>

namespace aimc::sim {
namespace {

TEST(FloorPlan, EveryTileHasItsNodeAndNeighboursAreNear) {
  ChipSpec chip;
  chip.tiles = 500;
  const FloorPlan plan(chip);
  EXPECT_EQ(plan.grid().width, 23);
  EXPECT_EQ(plan.grid().height, 22);
  const interconnect::Mesh mesh(plan.grid());
  std::set<interconnect::MeshNode> nodes;
  for (std::uint32_t i = 0; i < 500; ++i) {
    const auto node = plan.node_of({Component::crossbar_tile, 0, i});
    nodes.insert(node);
    if (i > 0) {
      EXPECT_EQ(mesh.hops(node, plan.node_of({Component::crossbar_tile, 0, i - 1})), 1U);
    }
  }
  EXPECT_EQ(nodes.size(), 500U);
}

TEST(FloorPlan, FewUnitsStandFarApart) {
  ChipSpec chip;
  chip.tiles = 64;
  chip.digital_units = 8;
  const FloorPlan plan(chip);
  std::set<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < 8; ++i) rows.insert(plan.node_of({Component::digital_unit, 0, i}) / 8);
  EXPECT_EQ(rows.size(), 8U);  // one in each row of the 8 x 8 mesh
}

TEST(FloorPlan, MoreUnitsThanTilesStillFit) {
  ChipSpec chip;
  chip.tiles = 1;
  chip.attention_units = 5;
  const FloorPlan plan(chip);
  std::set<interconnect::MeshNode> nodes;
  for (std::uint32_t i = 0; i < 5; ++i) nodes.insert(plan.node_of({Component::attention_unit, 0, i}));
  EXPECT_EQ(nodes.size(), 5U);
}

}  // namespace
}  // namespace aimc::sim
