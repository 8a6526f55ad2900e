#include "interconnect/spec/interconnect_spec.h"

#include <gtest/gtest.h>

namespace aimc::interconnect {
namespace {

TEST(SquareGrid, HoldsAllPlacesNearlySquare) {
  for (std::int64_t places = 1; places < 2000; ++places) {
    const Grid grid = square_grid(places);
    ASSERT_GE(std::int64_t{grid.width} * grid.height, places);
    ASSERT_LT(std::int64_t{grid.width} * (grid.height - 1), places) << "no empty row";
    ASSERT_LE(grid.height, grid.width);
    ASSERT_LE(grid.width - grid.height, 1);
  }
}

TEST(SquareGrid, Examples) {
  EXPECT_EQ(square_grid(1).width, 1);
  EXPECT_EQ(square_grid(64).width, 8);
  EXPECT_EQ(square_grid(64).height, 8);
  EXPECT_EQ(square_grid(888).width, 30);
  EXPECT_EQ(square_grid(888).height, 30);
  EXPECT_EQ(square_grid(5).height, 2);
}

}  // namespace
}  // namespace aimc::interconnect
