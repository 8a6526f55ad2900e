#include "sim/ledger/uncertainty.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "handmade_graph.h"
#include "read_preset.h"
#include "sim/ledger/pricing.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

using config::Uncertainty;

TEST(UncertaintyText, SharesAndFactors) {
  EXPECT_EQ(config::parse_uncertainty("30 %"), (Uncertainty{0.7, 1.3}));
  EXPECT_EQ(config::parse_uncertainty("250%"), (Uncertainty{0, 3.5}));
  EXPECT_EQ(config::parse_uncertainty("x4"), (Uncertainty{0.25, 4}));
  for (const char* text : {"", "0.3", "x", "x0.5", "%", "-5 %", "2x", "x2 %", "x 2 3"})
    EXPECT_FALSE(config::parse_uncertainty(text)) << text;
}

TEST(EnergyBand, TwoConstantsByHand) {
  // 3 J +- 1 J and 8 J from half to twice: 11 J, deviations 1 and 1, 4 and 8.
  const EnergyBand band =
      energy_band({{"a", "constant a", Energy(3), {2.0 / 3, 4.0 / 3}}, {"b", "constant b", Energy(8), {0.5, 2}}});
  EXPECT_NEAR(band.low.si(), 11 - std::sqrt(1.0 + 16), 1e-12);
  EXPECT_NEAR(band.high.si(), 11 + std::sqrt(1.0 + 64), 1e-12);
  EXPECT_NEAR(band.correlated_low.si(), 6, 1e-12);
  EXPECT_NEAR(band.correlated_high.si(), 20, 1e-12);
  ASSERT_EQ(band.parts.size(), 2u);
  EXPECT_EQ(band.parts[0].constant, "constant b");
  EXPECT_NEAR(band.parts[0].up.si(), 8, 1e-12);
  EXPECT_NEAR(band.parts[0].down.si(), 4, 1e-12);
}

TEST(EnergyBand, ConstantsOfOneGroupAreWrongTogether) {
  // 1 J and 2 J, each +-50 %: 1.5 J together, where independent ones would give the root of 1.25.
  const EnergyBand band =
      energy_band({{"dram", "small", Energy(1), {0.5, 1.5}}, {"dram", "large", Energy(2), {0.5, 1.5}}});
  EXPECT_NEAR(band.low.si(), 1.5, 1e-12);
  EXPECT_NEAR(band.high.si(), 4.5, 1e-12);
  EXPECT_EQ(band.parts.at(0).constant, "large");
}

/// A report over counts made up by hand, everything that stands still switched off.
class Band : public testing::Test {
 protected:
  static EnergyReport report(std::vector<std::string> overrides, const Counts& counts) {
    for (const char* key : {"network.idle_per_router", "chip_link.idle_per_link", "dram.background_per_channel",
                            "dram.refresh_per_channel", "chip.static_power"})
      overrides.push_back(std::string("hardware.") + key + "=0 W");
    const Preset preset = read_preset("hermes-64", overrides);
    const Program program = map_in_order(handmade_decoder({}), preset.hardware, all_analog);
    return price(counts, {}, Time(1'000'000), program, preset.energy, preset.provenance);
  }
};

TEST_F(Band, FollowsTheKindsOfTheConstants) {
  Counts counts;
  counts.add({Action::digital_sram, 3, Phase::decode, 0}, 1'000'000);      // 0.4 uJ published: 10 %
  counts.add({Action::vector_operation, 3, Phase::decode, 0}, 1'000'000);  // 0.85 uJ assumed: x2, the same unit
  counts.add({Action::chip_link_byte, 3, Phase::decode, 0}, 500'000);      // 2 uJ assumed: x2
  const EnergyReport priced = report({}, counts);
  const EnergyBand& band = priced.band[0];
  const double unit_up = 0.04 + 0.85, unit_down = 0.04 + 0.425;
  EXPECT_NEAR(band.high.si() * 1e6, 3.25 + std::sqrt(unit_up * unit_up + 4), 1e-9);
  EXPECT_NEAR(band.low.si() * 1e6, 3.25 - std::sqrt(unit_down * unit_down + 1), 1e-9);
  EXPECT_NEAR(band.correlated_high.si() * 1e6, 3.25 + unit_up + 2, 1e-9);
  EXPECT_NEAR(band.correlated_low.si() * 1e6, 3.25 - unit_down - 1, 1e-9);
  EXPECT_EQ(band.parts.at(0).constant, "hardware.energy.actions.chip_link.chip_link_byte");
  EXPECT_EQ(band.parts.at(1).constant, "hardware.energy.actions.digital_unit.vector_operation");
}

TEST_F(Band, AConstantsOwnUncertaintyGoesBeforeItsKinds) {
  Counts counts;
  counts.add({Action::kv_read_byte, 3, Phase::decode, 0}, 1'000'000);  // 40 uJ, x1.6 in the table
  EXPECT_NEAR(report({}, counts).band[0].high.si() * 1e6, 64, 1e-9);
  EXPECT_NEAR(report({}, counts).band[0].low.si() * 1e6, 25, 1e-9);
  const std::string key = "hardware.energy.actions.dram.kv_read_byte.energy";
  EXPECT_NEAR(report({key + ".uncertainty=x4"}, counts).band[0].high.si() * 1e6, 160, 1e-9);
  // The user's own value is taken at its word.
  EXPECT_NEAR(report({key + "=10 pJ"}, counts).band[0].high.si() * 1e6, 10, 1e-9);
  EXPECT_NEAR(report({key + "=10 pJ", "hardware.energy.uncertainty.user=50 %"}, counts).band[0].high.si() * 1e6, 15,
              1e-9);
}

TEST_F(Band, LossesOfTheSupplyRaiseEverything) {
  Counts counts;
  counts.add({Action::kv_read_byte, 3, Phase::decode, 0}, 1'000'000);  // 40 uJ, 25 to 64
  const EnergyReport priced = report({"hardware.energy.regulator_efficiency=0.8"}, counts);
  EXPECT_NEAR(priced.regulator_loss[0].si() * 1e6, 10, 1e-9);
  EXPECT_NEAR(priced.total[0].si() * 1e6, 50, 1e-9);
  EXPECT_NEAR(priced.band[0].low.si() * 1e6, 25 / 0.8, 1e-9) << "the user's efficiency is exact";
  EXPECT_NEAR(priced.band[0].high.si() * 1e6, 64 / 0.8, 1e-9);
  EXPECT_NEAR(priced.by_kind[0].at(config::ValueKind::user).si() * 1e6, 10, 1e-9);
}

}  // namespace
}  // namespace aimc::sim
