#include "sim/mapping/unit_count.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/check/error.h"
#include "sim/mapping/traffic.h"
#include "strategy_programs.h"

namespace aimc::sim {
namespace {

using testing::HasSubstr;

constexpr DecoderShape two_layers{96, 256, 6, 2, 16, 600, 2, false};

HardwareSpec with_attention_units(std::int64_t units) {
  HardwareSpec hardware = handmade_hardware(32, 32, 256);
  hardware.chip.attention_units = units;
  return hardware;
}

std::string message_of(const HardwareSpec& hardware, const MappingSpec& spec) {
  try {
    static_cast<void>(map_model(handmade_decoder(two_layers), hardware, all_analog, spec));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

TEST(UnitCount, MoreAttentionUnitsThanLayersShareAreRefusedWhereTheUserChoseThem) {
  MappingSpec spec;
  EXPECT_EQ(message_of(with_attention_units(5), spec), "") << "a preset's own count is the chip as built";
  spec.attention_units_given = true;
  EXPECT_EQ(message_of(with_attention_units(2), spec), "") << "one for each of two layers";
  EXPECT_THAT(message_of(with_attention_units(5), spec), HasSubstr("hardware.chip.attention_units: 5"));
  EXPECT_THAT(message_of(with_attention_units(5), spec), HasSubstr("at most 2"));
  spec.attention_units_per_layer = 2;
  EXPECT_EQ(message_of(with_attention_units(4), spec), "");
  spec.strategy = MappingStrategy::blocks;
  EXPECT_THAT(message_of(with_attention_units(5), spec), HasSubstr("at most 4"));
}

TEST(UnitCount, TheFullestChipDecides) {
  MappingSpec spec;
  spec.attention_units_given = true;
  spec.strategy = MappingStrategy::pipeline;
  HardwareSpec hardware = with_attention_units(2);
  hardware.chip.tiles = 120;  // a layer's 76 arrays on each of two chips
  EXPECT_THAT(message_of(hardware, spec), HasSubstr("at most 1"));
}

TEST(UnitCount, DigitalUnitsThatNoOperatorNeedsAreRefused) {
  MappingSpec spec;
  spec.digital_units_given = true;
  HardwareSpec hardware = handmade_hardware(32, 32, 256);
  hardware.chip.digital_units = 1000;
  EXPECT_THAT(message_of(hardware, spec), HasSubstr("hardware.chip.digital_units: 1000"));
  hardware.chip.digital_units = 8;
  EXPECT_EQ(message_of(hardware, spec), "");
}

/// Mean distance of each attention step to the steps it reads from, in hops.
double distance_to_inputs(const Program& program) {
  const FloorPlan plan(program.hardware.chip);
  const auto width = static_cast<int>(plan.grid().width);
  double sum = 0, count = 0;
  for (const Step& step : program.steps) {
    if (step.kind != StepKind::attention) continue;
    for (const StepInput& input : step.inputs) {
      const auto a = static_cast<int>(plan.node_of(program.steps[input.from].unit));
      const auto b = static_cast<int>(plan.node_of(step.unit));
      sum += std::abs(a % width - b % width) + std::abs(a / width - b / width);
      count += 1;
    }
  }
  return sum / count;
}

TEST(UnitCount, UnitsThatNobodyNeedsDoNotPushTheUsedOnesAway) {
  const double two = distance_to_inputs(map_with(MappingStrategy::in_order, two_layers, with_attention_units(2)));
  const double many = distance_to_inputs(map_with(MappingStrategy::in_order, two_layers, with_attention_units(64)));
  EXPECT_LE(many, two);
}

TEST(UnitCount, WhereAllUnitsHaveWorkTheyAreDealtInTurn) {
  HardwareSpec hardware = handmade_hardware(32, 32, 256);
  hardware.chip.attention_units = 1;
  hardware.chip.digital_units = 3;
  const Program program = map_with(MappingStrategy::in_order, two_layers, hardware);
  std::vector<std::int64_t> operators(3);
  const Traffic traffic(program);
  for (std::size_t id = traffic.tiles(); id < traffic.size(); ++id)
    if (const UnitAddress& unit = traffic.object(static_cast<ObjectId>(id)).unit;
        unit.component == Component::digital_unit)
      ++operators[unit.index];
  const auto [least, most] = std::ranges::minmax(operators);
  EXPECT_LE(most - least, 1);
}

}  // namespace
}  // namespace aimc::sim
