// Accuracy and cost read the same bits: which of them move latency, and which energy.
#include <gtest/gtest.h>

#include "../sim/read_preset.h"
#include "sim/ledger/pricing.h"

namespace aimc::sim {
namespace {

PeakNumbers peak_with(const std::string& preset_name, const std::vector<std::string>& overrides) {
  const Preset preset = read_preset(preset_name, overrides);
  const tiles::TileSpec& tile = preset.hardware.tile;
  return peak_numbers(preset.hardware, preset.energy, tiles::mvm_timing(tile, tile.rows, tile.columns).period());
}

TEST(BitsMoveCost, InputBitsMoveLatencyAndEnergy) {
  for (const char* name : {"hermes-core", "hermes-64", "aimc-2d-mesh", "3d-aimc"}) {
    const PeakNumbers eight = peak_with(name, {}), six = peak_with(name, {"hardware.tile.input.bits=6"});
    EXPECT_LT(six.mvm_period, eight.mvm_period) << name;
    EXPECT_LT(six.mvm_energy, eight.mvm_energy) << name;
  }
}

TEST(BitsMoveCost, AdcBitsMoveEnergyAloneWhileCountingDuringTheIntegration) {
  const PeakNumbers eight = peak_with("hermes-64", {}), six = peak_with("hermes-64", {"hardware.tile.adc.bits=6"});
  EXPECT_EQ(six.mvm_period, eight.mvm_period);
  EXPECT_LT(six.mvm_energy, eight.mvm_energy);
}

TEST(BitsMoveCost, AdcBitsMoveLatencyTooAfterTheIntegration) {
  const std::vector<std::string> after{"hardware.tile.adc.timing=after_integration",
                                       "hardware.tile.adc.columns_per_adc=4"};
  std::vector<std::string> after_six = after;
  after_six.emplace_back("hardware.tile.adc.bits=6");
  const PeakNumbers eight = peak_with("hermes-64", after), six = peak_with("hermes-64", after_six);
  EXPECT_LT(six.mvm_period, eight.mvm_period);
  EXPECT_LT(six.mvm_energy, eight.mvm_energy);
}

}  // namespace
}  // namespace aimc::sim
