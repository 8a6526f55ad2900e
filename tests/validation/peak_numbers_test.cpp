// The one-phase point predicts four phases; the published figures themselves are configs/validation, one CTest each.
#include <gtest/gtest.h>

#include "../sim/read_preset.h"
#include "sim/ledger/pricing.h"
#include "sim/timing/tile_bench.h"

namespace aimc::sim {
namespace {

TEST(PeakNumbers, FourPhasesAreFourTimesTheOnePhasePoint) {
  const Preset preset = read_preset("hermes-64", {"hardware.tile.input.phases=4"});
  const PeakNumbers peak = peak_numbers(preset.hardware, preset.energy, measure_tile(preset.hardware, 64).period);
  EXPECT_NEAR(peak.mvm_period.nanoseconds(), 4 * 132.94, 0.1);  // 63.1 TOPS of 64 cores: 132.94 ns
  EXPECT_NEAR(peak.mvm_energy.si() * 1e9, 4 * 13.43, 0.05);
}

}  // namespace
}  // namespace aimc::sim
