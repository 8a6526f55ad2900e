#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/check/error.h"
#include "handmade_graph.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

// 12 heads share 3 KV heads: grouped-query attention.
constexpr DecoderShape shape{64, 160, 12, 3, 16, 300, 2, true};

Program split(std::int64_t units) {
  MappingSpec spec;
  spec.attention_units_per_layer = units;
  return map_model(handmade_decoder(shape), handmade_hardware(64, 64, 100), all_analog, spec);
}

std::vector<Step> attentions(const Program& program) {
  std::vector<Step> steps;
  for (const Step& step : program.steps)
    if (step.kind == StepKind::attention) steps.push_back(step);
  return steps;
}

TEST(AttentionUnits, ShareTheHeadsOfALayer) {
  const Program program = split(2);
  const std::vector<Step> steps = attentions(program);
  ASSERT_EQ(steps.size(), 4u) << "two layers, two parts";
  EXPECT_NE(steps[0].unit, steps[1].unit);
  EXPECT_EQ(steps[0].kv_heads, 2);
  EXPECT_EQ(steps[1].kv_heads, 1);
  EXPECT_EQ(steps[0].elements, 2 * 4 * 16) << "four heads of 16 for each KV head";
  EXPECT_EQ(steps[1].elements, 1 * 4 * 16);
  std::int64_t received = 0;
  for (const StepInput& input : steps[1].inputs) received += input.elements;
  EXPECT_EQ(received, 4 * 16 + 16 + 16) << "its queries, keys and values only";
  EXPECT_EQ(program.kv_caches.size(), 4u);
}

TEST(AttentionUnits, OneUnitServesAllHeadsByDefault) {
  const Program program = split(1);
  const std::vector<Step> steps = attentions(program);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].kv_heads, 3);
  EXPECT_EQ(program.kv_caches[1].kv_heads, 3);
  EXPECT_EQ(program.kv_caches[1].unit, steps[1].unit);
}

TEST(AttentionUnits, MoreThanThereAreIsRefused) {
  EXPECT_THROW(split(3), ConfigError) << "a chip has two";
  MappingSpec spec;
  spec.attention_units_per_layer = 4;
  HardwareSpec hardware = handmade_hardware(64, 64, 100);
  hardware.chip.attention_units = 8;
  try {
    map_model(handmade_decoder(shape), hardware, all_analog, spec);
    FAIL() << "three KV heads";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("mapping.attention_units_per_layer"));
    EXPECT_THAT(error.what(), testing::HasSubstr("at most 3"));
  }
}

TEST(AttentionUnits, AForgottenHeadIsRefused) {
  Program program = split(2);
  for (Step& step : program.steps)
    if (step.kind == StepKind::attention) {
      step.kv_heads = 1;
      break;
    }
  EXPECT_THROW(validate(program), InternalError);
}

}  // namespace
}  // namespace aimc::sim
