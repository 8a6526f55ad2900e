// What an energy table may say: coverage, cost models, node scaling.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check/error.h"
#include "handmade_graph.h"
#include "read_preset.h"
#include "sim/ledger/coverage.h"
#include "sim/ledger/load_energy_table.h"
#include "sim/ledger/pricing.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

using config::ValueKind;
using testing::HasSubstr;

std::string complaint(const std::vector<std::string>& overrides) {
  try {
    read_preset("hermes-64", overrides);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

/// architecture.md section 4: "one table lists every action as present or explicitly omitted".
TEST(Coverage, NothingOfTheListIsForgotten) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> list = {
      {"input and output registers", {"input_register", "output_register"}},
      {"SRAM", {"digital_sram", "attention_sram"}},
      {"affine", {"affine"}},
      {"sequencer and clock", {"mvm"}},
      {"converters", {"dac_conversion", "adc_conversion"}},
      {"array", {"cell_read"}},
      {"links", {"flit_hop", "chip_link_byte"}},
      {"PHY idle", {"phy_idle"}},
      {"DRAM refresh", {"dram_refresh"}},
      {"regulator loss", {"regulator_loss"}},
      {"embedding read", {"embedding_read_byte"}},
      {"sampler over the vocabulary", {"sample"}},
      {"retries", {"retries"}},
      {"drift-compensation reads", {"drift_compensation"}},
      {"programming", {"programming"}},
      {"wake-up", {"wake_up"}}};
  for (const char* preset_name : {"hermes-core", "hermes-64", "aimc-2d-mesh", "3d-aimc", "npu-w4", "gpu-roofline"}) {
    const EnergyTable table = read_preset(preset_name).energy;
    const Coverage coverage = coverage_of(table);
    const auto places = [&](const std::string& what) {
      int priced = 0;
      for (const auto& [action, entry] : table.actions) priced += name(action) == what && entry.has_price();
      return priced + static_cast<int>(coverage.included_in.contains(what)) +
             static_cast<int>(coverage.omitted.contains(what));
    };
    for (const auto& [entry, names] : list)
      for (const std::string& each : names) EXPECT_EQ(places(each), 1) << preset_name << ": " << entry;
    for (const Action action : all_actions())
      if (has_own_price(action)) EXPECT_EQ(places(std::string(name(action))), 1) << preset_name << ": " << name(action);
    for (const auto& [what, why] : coverage.omitted) {
      EXPECT_GT(why.size(), 10u) << what;
      EXPECT_EQ(why.find("contained"), std::string::npos) << what << " is included, not omitted";
    }
  }
}

TEST(Coverage, AnEfficiencyMovesTheLossesIn) {
  EXPECT_TRUE(coverage_of(read_preset("hermes-64").energy).omitted.contains("regulator_loss"));
  const Coverage counted = coverage_of(read_preset("hermes-64", {"hardware.energy.regulator_efficiency=0.9"}).energy);
  EXPECT_FALSE(counted.omitted.contains("regulator_loss"));
  EXPECT_TRUE(counted.included_in.contains("regulator_loss"));
}

TEST(Coverage, OnePlaceForEachThing) {
  EXPECT_THAT(complaint({"hardware.energy.omitted.retries=why not"}), HasSubstr("keep one of the two"));
  EXPECT_THAT(complaint({"hardware.energy.included_in.retries=null"}), HasSubstr("'omitted.retries' is missing"));
  EXPECT_THAT(complaint({"hardware.energy.actions.crossbar_tile.mvm.omitted=too small"}),
              HasSubstr("keep one of the two"));
}

TEST(NodeScaling, CarriesDigitalLogicOnly) {
  const Preset preset = read_preset("hermes-64", {"hardware.energy.node_scaling.to=7 nm"});
  const auto price = [&](Action action) { return unit_price(action, preset.energy, preset.hardware); };
  // The table carried JOU's 0.34 pJ of 7 nm to 14 nm by 2.5; scaling back restores it.
  EXPECT_NEAR(price(Action::vector_operation).energy.si(), 0.34e-12, 1e-18);
  EXPECT_NEAR(price(Action::accumulate).energy.si(), 0.016e-12, 1e-18);
  EXPECT_DOUBLE_EQ(price(Action::adc_conversion).energy.si(), 34.1e-12);
  EXPECT_DOUBLE_EQ(price(Action::flit_hop).energy.si(), 11.16e-12);
  EXPECT_DOUBLE_EQ(price(Action::chip_link_byte).energy.si(), 4e-12);
  EXPECT_DOUBLE_EQ(price(Action::kv_read_byte).energy.si(), 40e-12);
}

TEST(NodeScaling, IsAnAssumptionAndSaysSo) {
  const Preset plain = read_preset("hermes-64"),
               scaled = read_preset("hermes-64", {"hardware.energy.node_scaling.to=5 nm"});
  EXPECT_EQ(unit_price(Action::digital_sram, plain.energy, plain.hardware).kind, ValueKind::published);
  const UnitPrice sram = unit_price(Action::digital_sram, scaled.energy, scaled.hardware);
  EXPECT_EQ(sram.kind, ValueKind::assumed);
  EXPECT_THAT(sram.source, HasSubstr("scaled from 14 nm to 5 nm: x0.28"));
  EXPECT_NEAR(sram.energy.si(), 0.4e-12 * 0.7 / 2.5, 1e-18);
  EXPECT_DOUBLE_EQ(sram.range.high, 2) << "as uncertain as assumptions are";
}

TEST(NodeScaling, ReachesOtherPartsWhenAsked) {
  const Preset preset = read_preset(
      "hermes-64", {"hardware.energy.node_scaling.to=7 nm", "hardware.energy.node_scaling.also=[arrays, network]"});
  EXPECT_NEAR(unit_price(Action::cell_read, preset.energy, preset.hardware).energy.si(), 35.86e-15 / 2.5, 1e-21);
  EXPECT_NEAR(unit_price(Action::flit_hop, preset.energy, preset.hardware).energy.si(), 11.16e-12 / 2.5, 1e-18);
  EXPECT_DOUBLE_EQ(unit_price(Action::kv_read_byte, preset.energy, preset.hardware).energy.si(), 40e-12);
}

TEST(NodeScaling, KnowsItsTechnologies) {
  EXPECT_THAT(complaint({"hardware.energy.node_scaling.to=10 nm"}),
              HasSubstr("no factor for '10 nm'; known are 14 nm"));
  const std::string own = "hardware.energy.node_scaling.factors.\"10 nm\".energy=1.6";
  EXPECT_EQ(complaint({"hardware.energy.node_scaling.to=10 nm", own}), "");
}

TEST(AdcModel, DoesNotReplaceTheUsersOwnEnergy) {
  EXPECT_THAT(complaint({"hardware.energy.adc.model=survey",
                         "hardware.energy.actions.crossbar_tile.adc_conversion.energy=1 pJ"}),
              HasSubstr("keep one of the two"));
  EXPECT_THAT(complaint({"hardware.energy.adc.model=survey", "hardware.energy.adc.technology=0 nm"}),
              HasSubstr("needs the technology"));
  EXPECT_THAT(complaint({"hardware.energy.adc.enob=0.5"}), HasSubstr("hardware.energy.adc.enob"));
  EXPECT_THAT(complaint({"hardware.energy.uncertainty.assumed=2"}), HasSubstr("a share (30 %) or a factor (x2)"));
}

TEST(WakeUp, IsPaidByUnitsThatWereSwitchedOff) {
  const Preset preset = read_preset("hermes-64");
  const Program program = map_in_order(handmade_decoder({}), preset.hardware, all_analog);
  const std::vector<ComponentTime> times{{Component::crossbar_tile, 64, Time(1'000'000), 500},
                                         {Component::attention_unit, 2, Time(1'000'000), 10}};
  const EnergyReport report = price({}, times, Time(2'000'000), program, preset.energy, preset.provenance);
  const auto wake = [&](IdlePolicy policy, const std::string& unit) {
    double joules = 0;
    for (const StaticEnergy& part : report.static_parts[static_cast<std::size_t>(policy)])
      if (part.what == unit + " wake-up") joules += part.energy.si();
    return joules;
  };
  EXPECT_NEAR(wake(IdlePolicy::power_gated, "crossbar_tile"), 500 * 1.97e-9, 1e-15);
  EXPECT_NEAR(wake(IdlePolicy::power_gated, "attention_unit"), 10 * 5.7e-9, 1e-15);
  EXPECT_EQ(wake(IdlePolicy::clock_gated, "crossbar_tile"), 0);
  EXPECT_EQ(wake(IdlePolicy::always_on, "attention_unit"), 0);
}

}  // namespace
}  // namespace aimc::sim
