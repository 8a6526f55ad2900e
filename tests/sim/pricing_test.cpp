#include "sim/ledger/pricing.h"

#include <gtest/gtest.h>

#include "base/check/error.h"
#include "handmade_graph.h"
#include "read_preset.h"
#include "sim/ledger/repeated_mvms.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

using config::ValueKind;

/// A small program on a preset, and counts made up by hand.
class Pricing : public testing::Test {
 protected:
  Preset preset_ = read_preset("hermes-64");
  Program program_ = map_in_order(handmade_decoder({}), preset_.hardware, all_analog);
  Time elapsed_ = Time(2'000'000);  // 2 us
  std::vector<ComponentTime> times_{{Component::crossbar_tile, 64, Time(10'000'000), 5},
                                    {Component::digital_unit, 8, Time(4'000'000), 2},
                                    {Component::attention_unit, 2, Time(1'000'000), 1}};
  [[nodiscard]] EnergyReport price_it(const Counts& counts) const {
    return price(counts, times_, elapsed_, program_, preset_.energy, preset_.provenance);
  }
};

double static_part(const EnergyReport& report, IdlePolicy policy, const std::string& what) {
  for (const StaticEnergy& part : report.static_parts[static_cast<std::size_t>(policy)])
    if (part.what == what) return part.energy.si();
  ADD_FAILURE() << "no static part " << what;
  return 0;
}

TEST_F(Pricing, RepeatedMvmsCostWhatAnMvmOfTheirArrayCosts) {
  const LinearPlacement& linear = program_.linears.front();
  const Shard& shard = program_.shards[linear.first_shard];
  Counts functional;
  functional.add({Action::retry, linear.linear, Phase::decode, 0}, 5);
  functional.add({Action::mvm, linear.linear, Phase::decode, 0}, 1000);
  const Counts repeated = repeated_mvms(functional, program_);
  EXPECT_EQ(repeated.total(Action::retry), 5);
  EXPECT_EQ(repeated.total(Action::mvm), 5) << "the others are counted already";
  EXPECT_EQ(repeated.total(Action::adc_conversion), 5 * shard.columns);
  EXPECT_EQ(repeated.total(Action::cell_read), 5 * shard.columns * shard.rows);
  EXPECT_EQ(repeated.total(Action::affine), 0);
  // 65 %, 17.5 % and 17.5 % of 13.43 nJ a full array of 256 x 256: columns, rows and cells.
  const double area = static_cast<double>(shard.columns) / 256, rows = static_cast<double>(shard.rows) / 256;
  const double nanojoule = 13.43 * (0.65 * area + 0.175 * rows + 0.175 * area * rows);
  EXPECT_NEAR(price_it(repeated).dynamic.si(), 5 * nanojoule * 1e-9, 5 * nanojoule * 1e-9 * 0.005);
}

TEST_F(Pricing, CountsTimesConstants) {
  Counts counts;
  counts.add({Action::adc_conversion, 3, Phase::prefill, 0}, 1000);
  counts.add({Action::adc_conversion, 4, Phase::decode, 0}, 500);
  counts.add({Action::kv_read_byte, 4, Phase::decode, 0}, 2000);
  const EnergyReport report = price_it(counts);
  EXPECT_NEAR(report.by_action.at(Action::adc_conversion).si(), 1500 * 34.1e-12, 1e-18);
  EXPECT_NEAR(report.dynamic_by_component.at(Component::dram).si(), 2000 * 40e-12, 1e-18);
  EXPECT_NEAR(report.dynamic_by_operator.at(4).si(), 500 * 34.1e-12 + 2000 * 40e-12, 1e-18);
  EXPECT_NEAR(report.dynamic_by_phase.at(Phase::prefill).si(), 1000 * 34.1e-12, 1e-18);
  EXPECT_NEAR(report.dynamic.si(), 1500 * 34.1e-12 + 2000 * 40e-12, 1e-18);
}

TEST_F(Pricing, OmittedActionsCostNothing) {
  Counts counts;
  counts.add({Action::affine, 3, Phase::prefill, 0}, 1'000'000);
  EXPECT_EQ(price_it(counts).dynamic, Energy{});
}

TEST_F(Pricing, IdlePowerTimesIdleTime) {
  const EnergyReport report = price_it({});
  // 64 tiles x 2 us less 10 us of work = 118 us.
  EXPECT_NEAR(static_part(report, IdlePolicy::always_on, "crossbar_tile idle"), 118e-6 * 15.6e-3, 1e-12);
  EXPECT_NEAR(static_part(report, IdlePolicy::clock_gated, "crossbar_tile idle"), 118e-6 * 3.2e-3, 1e-12);
  EXPECT_NEAR(static_part(report, IdlePolicy::power_gated, "digital_unit idle"), 12e-6 * 1.25e-3, 1e-12);
  // Always drawn, whatever the policy.
  for (const IdlePolicy policy : {IdlePolicy::always_on, IdlePolicy::power_gated}) {
    EXPECT_NEAR(static_part(report, policy, "router"), 64 * 0.41e-3 * 2e-6, 1e-15);
    EXPECT_NEAR(static_part(report, policy, "dram background"), 0.1297 * 2e-6, 1e-15);
    EXPECT_NEAR(static_part(report, policy, "chip other"), 0.05 * 2e-6, 1e-15);
    EXPECT_EQ(static_part(report, policy, "chip link"), 0) << "one chip";
  }
}

TEST_F(Pricing, BusyDigitalUnitsDrawTheirRunningClock) {
  const EnergyReport report = price_it({});
  // hermes-64: 31 mW a digital unit, busy 4 us: 124 nJ; 125 mW an attention unit, busy 1 us: 125 nJ.
  for (const IdlePolicy policy : {IdlePolicy::always_on, IdlePolicy::clock_gated, IdlePolicy::power_gated}) {
    EXPECT_NEAR(static_part(report, policy, "digital_unit busy"), 124e-9, 1e-14);
    EXPECT_NEAR(static_part(report, policy, "attention_unit busy"), 125e-9, 1e-14);
    for (const StaticEnergy& part : report.static_parts[static_cast<std::size_t>(policy)])
      EXPECT_NE(part.what, "crossbar_tile busy") << "an MVM's energy contains the leakage";
  }
  // A clock that never stops draws the same busy or idle: 8 units and 2 units for 2 us.
  EXPECT_NEAR(static_part(report, IdlePolicy::always_on, "digital_unit busy") +
                  static_part(report, IdlePolicy::always_on, "digital_unit idle"),
              496e-9, 1e-14);
  EXPECT_NEAR(static_part(report, IdlePolicy::always_on, "attention_unit busy") +
                  static_part(report, IdlePolicy::always_on, "attention_unit idle"),
              500e-9, 1e-14);
}

TEST_F(Pricing, ReportsWhatRestsOnWhat) {
  Counts counts;
  counts.add({Action::adc_conversion, 3, Phase::prefill, 0}, 1'000'000'000);  // derived
  counts.add({Action::digital_sram, 3, Phase::prefill, 0}, 1'000'000'000);    // published
  const EnergyReport report = price_it(counts);
  const auto& kinds = report.by_kind[static_cast<std::size_t>(IdlePolicy::clock_gated)];
  EXPECT_NEAR(kinds.at(ValueKind::derived).si(), 34.1e-3, 1e-9);
  EXPECT_NEAR(kinds.at(ValueKind::published).si(), 0.4e-3, 1e-9);
  EXPECT_NEAR(kinds.at(ValueKind::assumed).si(), report.static_energy[1].si(), 1e-12) << "all idle powers are assumed";
}

TEST_F(Pricing, AnOverriddenIdlePowerIsTheUsers) {
  preset_ = read_preset("hermes-64", {"hardware.tile.idle.clock_gated=5 mW"});
  program_.hardware = preset_.hardware;
  const EnergyReport report = price_it({});
  EXPECT_NEAR(report.by_kind[static_cast<std::size_t>(IdlePolicy::clock_gated)].at(ValueKind::user).si(), 118e-6 * 5e-3,
              1e-12);
  EXPECT_FALSE(report.by_kind[static_cast<std::size_t>(IdlePolicy::always_on)].contains(ValueKind::user));
}

TEST_F(Pricing, MoreWorkThanTimeIsOurMistake) {
  times_[2].busy = Time(4'000'001);
  EXPECT_THROW(price_it({}), InternalError);
}

TEST_F(Pricing, CountsOfNoOperatorAreOurMistake) {
  Counts counts;
  counts.add({Action::affine, 100'000, Phase::prefill, 0}, 1);
  EXPECT_THROW(price_it(counts), InternalError);
}

TEST_F(Pricing, LinksAndMemoriesOfSeveralChips) {
  program_.chips = 5;  // 3 x 2: two links in the first row, one in the second, two between
  EXPECT_NEAR(static_part(price_it({}), IdlePolicy::always_on, "chip link"), 5 * 12.8e-3 * 2e-6, 1e-15);
  EXPECT_NEAR(static_part(price_it({}), IdlePolicy::always_on, "dram background"), 5 * 0.1297 * 2e-6, 1e-15);
  program_.hardware.dram.attachment = interconnect::DramAttachment::per_package;
  program_.hardware.dram.channels = 2;
  EXPECT_NEAR(static_part(price_it({}), IdlePolicy::always_on, "dram background"), 2 * 0.1297 * 2e-6, 1e-15);
  program_.chips = 888;  // 30 x 30 with 18 in the last row: 29 x 29 + 17 + 29 x 29 + 18... counted pair by pair
  std::int64_t links = 0;
  for (int row = 0; row < 30; ++row)
    for (int column = 0; column < 30; ++column) {
      const auto there = [](int r, int c) { return r < 30 && c < 30 && r * 30 + c < 888; };
      links += (there(row, column) && there(row, column + 1)) + (there(row, column) && there(row + 1, column));
    }
  EXPECT_NEAR(static_part(price_it({}), IdlePolicy::always_on, "chip link"),
              static_cast<double>(links) * 12.8e-3 * 2e-6, 1e-12);
}

TEST(EnergyOf, ConvertersFollowTheirBits) {
  ActionEnergy action;
  action.reference = Energy(10e-12);
  action.scaling = EnergyScaling::adc_bits;
  HardwareSpec hardware;
  hardware.tile.adc.bits = 8;
  EXPECT_DOUBLE_EQ(energy_of(action, hardware).si(), 10e-12);
  hardware.tile.adc.bits = 9;  // 0.5 + 0.5 x 2
  EXPECT_DOUBLE_EQ(energy_of(action, hardware).si(), 15e-12);
  hardware.tile.adc.bits = 6;  // 0.5 + 0.5 / 4
  EXPECT_DOUBLE_EQ(energy_of(action, hardware).si(), 6.25e-12);
  hardware.tile.input.bits = 4;
  action.scaling = EnergyScaling::input_bits;
  action.fixed_share = 0;
  EXPECT_DOUBLE_EQ(energy_of(action, hardware).si(), 10e-12 / 16);
  action.scaling = EnergyScaling::none;
  EXPECT_DOUBLE_EQ(energy_of(action, hardware).si(), 10e-12);
}

TEST(EnergyOf, PulsesFollowTheBitsOfTheirPass) {
  ActionEnergy action;
  action.reference = Energy(128e-12);
  action.reference_bits = 8;
  action.scaling = EnergyScaling::input_bits;
  action.fixed_share = 0;
  HardwareSpec hardware;
  hardware.tile.input.bits = 8;
  hardware.tile.periphery.mode = tiles::MvmMode::split;  // 3 low and 4 high bits of a magnitude: 16 and 8 of 128 pJ
  EXPECT_DOUBLE_EQ(energy_of(action, hardware).si(), 12e-12);
  hardware.tile.periphery.mode = tiles::MvmMode::bit_wise;
  EXPECT_DOUBLE_EQ(energy_of(action, hardware).si(), 2e-12);
  hardware.tile.periphery.mode = tiles::MvmMode::one_pass;
  hardware.tile.slicing.weight_bits = 16;
  hardware.tile.input.bits = 16;  // bit-serial: a price of one bit, whatever their number
  EXPECT_DOUBLE_EQ(energy_of(action, hardware).si(), 2e-12);
}

TEST(EnergyOf, RestsOnTheScalingRuleAwayFromItsReference) {
  const Preset preset = read_preset("hermes-64");
  const ActionEnergy& adc = preset.energy.actions.at(Action::adc_conversion);
  EXPECT_EQ(kind_of(adc, preset.hardware), ValueKind::derived);
  EXPECT_EQ(kind_of(adc, read_preset("hermes-64", {"hardware.tile.adc.bits=6"}).hardware), ValueKind::assumed);
}

TEST(Area, OfPhi3MiniOnHermes) {
  // hardware 6.1: 888 chips of 64 tiles of 0.634 mm2 are 36,000 mm2.
  const DecoderShape phi3{3072, 8192, 32, 32, 96, 32064, 32, true};
  const Preset preset = read_preset("hermes-64");
  const AreaReport report =
      area_of(map_in_order(handmade_decoder(phi3), preset.hardware, all_analog), preset.provenance);
  ASSERT_EQ(report.parts.at(0).what, "crossbar_tile");
  EXPECT_EQ(report.parts.at(0).units, 888 * 64);
  EXPECT_NEAR(report.parts.at(0).area.si() * 1e6, 36'000, 50);
  EXPECT_EQ(report.parts.at(0).kind, ValueKind::derived);
  Area sum;
  for (const AreaReport::Part& part : report.parts) sum += part.area;
  EXPECT_NEAR(sum.si(), report.total.si(), 1e-9);
  EXPECT_NEAR(report.total.si(), 888 * report.per_chip.si(), 1e-9);
}

TEST(Area, KvCachesInSramTakeRoom) {
  const Preset preset =
      read_preset("hermes-64", {"hardware.attention.kv_memory=sram", "hardware.attention.sram_capacity=3 MiB",
                                "hardware.attention.sram_bandwidth=1 TB/s"});
  Program program;
  program.hardware = preset.hardware;
  const AreaReport with = area_of(program, preset.provenance, preset.energy);
  program.hardware.attention.kv_memory = tiles::KvMemory::dram;
  const AreaReport without = area_of(program, preset.provenance, preset.energy);
  // 14 nm: 8.4 Mbit of 0.08 um2 at 60 % efficiency are 1.1 mm2 a MiB; two units of 3 MiB a chip.
  EXPECT_NEAR((with.per_chip.si() - without.per_chip.si()) * 1e6, 2 * 3 * 1.1, 0.05);
  EXPECT_EQ(with.parts.size(), without.parts.size() + 1);
}

TEST(Energy, TileEnergyOfATokenOfPhi3Mini) {
  // hardware 6.3: every tile once is 0.761 mJ a token.
  const DecoderShape phi3{3072, 8192, 32, 32, 96, 32064, 32, true};
  const Preset preset = read_preset("hermes-64");
  const Program program = map_in_order(handmade_decoder(phi3), preset.hardware, all_analog);
  Counts counts;
  for (const Shard& shard : program.shards) {
    const tiles::MvmActions actions = tiles::mvm_actions(preset.hardware.tile, shard.rows, shard.columns);
    counts.add({Action::dac_conversion, shard.linear, Phase::decode, 0}, actions.dac_conversions);
    counts.add({Action::cell_read, shard.linear, Phase::decode, 0}, actions.cell_reads);
    counts.add({Action::adc_conversion, shard.linear, Phase::decode, 0}, actions.adc_conversions);
  }
  EXPECT_EQ(counts.total(Action::cell_read), 3'722'379'264) << "3.7224 G static MACs";
  EXPECT_NEAR(static_cast<double>(counts.total(Action::adc_conversion)), 14.54e6, 0.01e6);
  const EnergyReport report = price(counts, {}, Time(1), program, preset.energy, preset.provenance);
  EXPECT_NEAR(report.dynamic.si(), 0.761e-3, 0.004e-3);
}

}  // namespace
}  // namespace aimc::sim
