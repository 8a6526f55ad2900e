// The tables of hardware 3.1, which were computed from the plug-in's own source.
#include "sim/ledger/adc_survey.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "read_preset.h"
#include "sim/ledger/unit_price.h"

namespace aimc::sim {
namespace {

struct Row {
  double nanometres, bits, megasamples, picojoules, square_micrometres;
};

std::string row_name(const testing::TestParamInfo<Row>& info) {
  return fmt::format("{}nm{}bits", info.param.nanometres, info.param.bits);
}

class AdcSurveyTable : public testing::TestWithParam<Row> {};

TEST_P(AdcSurveyTable, WithinItsRounding) {
  const Row row = GetParam();
  const AdcSurvey fit = read_preset("hermes-64").energy.adc.fit;
  const Length technology(row.nanometres * 1e-9);
  EXPECT_NEAR(survey_energy(fit, technology, row.bits, row.megasamples * 1e6).si() * 1e12, row.picojoules, 0.0006);
  EXPECT_NEAR(survey_area(fit, technology, row.bits, row.megasamples * 1e6).si() * 1e12, row.square_micrometres, 0.8);
}

INSTANTIATE_TEST_SUITE_P(EightBits100MegaSamples, AdcSurveyTable,
                         testing::Values(Row{32, 8, 100, 1.711, 3937}, Row{22, 8, 100, 0.846, 2198},
                                         Row{14, 8, 100, 0.362, 1088}, Row{7, 8, 100, 0.098, 370}),
                         row_name);
INSTANTIATE_TEST_SUITE_P(FourteenNanometresOneConversionAnMvm, AdcSurveyTable,
                         testing::Values(Row{14, 5, 1e3 / 130, 0.198, 571}, Row{14, 6, 1e3 / 130, 0.225, 594},
                                         Row{14, 7, 1e3 / 130, 0.277, 632}, Row{14, 8, 1e3 / 130, 0.362, 685},
                                         Row{14, 9, 1e3 / 130, 0.494, 751}, Row{14, 10, 1e3 / 130, 0.698, 834},
                                         Row{14, 12, 1e3 / 130, 1.514, 1051}),
                         row_name);

TEST(AdcSurvey, IsaacsConverter) {
  // hardware 3.1: 8 bits, 1.2 GS/s, 32 nm: 1.85 pJ (ISAAC 1.67), but 6311 um2 (ISAAC 1200).
  const AdcSurvey fit = read_preset("hermes-64").energy.adc.fit;
  EXPECT_NEAR(survey_energy(fit, Length(32e-9), 8, 1.2e9).si() * 1e12, 1.85, 0.006);
  EXPECT_NEAR(survey_area(fit, Length(32e-9), 8, 1.2e9).si() * 1e12, 6311, 2);
}

TEST(AdcSurvey, TheRateIsThatOfOneConverter) {
  // hermes-core: one conversion every 130 ns.
  EXPECT_NEAR(converter_sample_rate(read_preset("hermes-core").hardware.tile), 1 / 130e-9, 1);
  // Four columns take turns: four conversions an MVM, which takes four conversions of 256 x 300 ps longer.
  const auto shared =
      read_preset("hermes-core", {"hardware.tile.adc.timing=after_integration", "hardware.tile.adc.columns_per_adc=4"});
  EXPECT_NEAR(converter_sample_rate(shared.hardware.tile), 4 / (130e-9 + 4 * 76.8e-9), 1);
  // Four phases: four conversions of each column in four times the time.
  const auto phases = read_preset("hermes-64", {"hardware.tile.input.phases=4"});
  EXPECT_NEAR(converter_sample_rate(phases.hardware.tile), 4 / 531.76e-9, 5);
}

TEST(AdcModel, MeasuredIsTheDefaultAndSurveyAChoice) {
  const Preset measured = read_preset("hermes-64");
  EXPECT_DOUBLE_EQ(unit_price(Action::adc_conversion, measured.energy, measured.hardware).energy.si(), 34.10e-12);
  const Preset survey = read_preset("hermes-64", {"hardware.energy.adc.model=survey"});
  const UnitPrice price = unit_price(Action::adc_conversion, survey.energy, survey.hardware);
  EXPECT_NEAR(price.energy.si(), 0.362e-12, 0.001e-12) << "far above the envelope's knee the rate does not matter";
  EXPECT_EQ(price.kind, config::ValueKind::derived);
  EXPECT_DOUBLE_EQ(price.range.low, 0.75);
  EXPECT_DOUBLE_EQ(price.range.high, 1.25);
  EXPECT_DOUBLE_EQ(unit_price(Action::dac_conversion, survey.energy, survey.hardware).energy.si(), 9.181e-12);
}

TEST(AdcModel, EffectiveBitsFollowTheConverterUnlessGiven) {
  const auto price = [](const std::vector<std::string>& more) {
    std::vector<std::string> overrides{"hardware.energy.adc.model=survey"};
    overrides.insert(overrides.end(), more.begin(), more.end());
    const Preset preset = read_preset("hermes-core", overrides);
    return unit_price(Action::adc_conversion, preset.energy, preset.hardware).energy.si() * 1e12;
  };
  EXPECT_NEAR(price({"hardware.tile.adc.bits=6"}), 0.225, 0.0006);
  EXPECT_NEAR(price({"hardware.tile.adc.bits=6", "hardware.energy.adc.enob=5"}), 0.198, 0.0006);
  EXPECT_NEAR(price({"hardware.energy.adc.technology=7 nm"}), 0.098, 0.0006);
}

}  // namespace
}  // namespace aimc::sim
