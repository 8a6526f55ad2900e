#include "sim/validate/roll_up.h"

#include <gtest/gtest.h>

namespace aimc::sim {
namespace {

TEST(RollUp, SumsPartsAndAssembliesByTheirCount) {
  const std::vector<Assembly> table{
      {"core",
       {{"adc", "", 8, Power(2e-3), Area(1e-9), Energy(1e-12)}, {"array", "", 1, Power(1e-3), Area(0), Energy(0)}}},
      {"chip", {{"", "core", 4, Power(0), Area(0), Energy(0)}, {"pads", "", 0.5, Power(0.1), Area(2e-6), Energy(0)}}}};
  const Totals chip = roll_up(table, "chip");
  EXPECT_DOUBLE_EQ(chip.power.si(), 4 * 17e-3 + 0.05);
  EXPECT_DOUBLE_EQ(chip.area.si(), 4 * 8e-9 + 1e-6);
  EXPECT_DOUBLE_EQ(chip.energy.si(), 32e-12);
  EXPECT_DOUBLE_EQ(roll_up(table, "chip", "core").power.si(), 0.05);
}

}  // namespace
}  // namespace aimc::sim
