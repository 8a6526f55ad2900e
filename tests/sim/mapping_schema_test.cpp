#include "sim/mapping/mapping_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/config/node.h"

namespace aimc::sim {
namespace {

/// Reads a mapping section; returns the messages.
std::string read(const std::string& text, MappingSpec& spec) {
  config::Diagnostics diagnostics;
  config::ProvenanceTable provenance;
  config::ParseContext context{diagnostics, provenance};
  mapping_schema().parse(config::parse_yaml(text, "test", diagnostics), "mapping", spec, context);
  try {
    diagnostics.throw_if_any();
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

TEST(MappingSchema, ReadsAStrategyAndItsKeys) {
  MappingSpec spec;
  EXPECT_EQ(read("{strategy: replicate, tile_budget: 9000, attention_units_per_layer: 4}", spec), "");
  EXPECT_EQ(spec.strategy, MappingStrategy::replicate);
  EXPECT_EQ(spec.tile_budget, 9000);
  EXPECT_EQ(spec.attention_units_per_layer, 4);
}

TEST(MappingSchema, RefusesKeysThatTheStrategyDoesNotUse) {
  const auto read = [](const std::string& text) {
    MappingSpec spec;
    return sim::read(text, spec);
  };
  EXPECT_THAT(read("{strategy: tiers, annealing_moves: 10}"), testing::HasSubstr("mapping.annealing_moves"));
  EXPECT_THAT(read("{strategy: blocks, tile_budget: 10}"), testing::HasSubstr("mapping.tile_budget"));
  EXPECT_THAT(read("{strategy: replicate}"), testing::HasSubstr("mapping.tile_budget"));
  EXPECT_THAT(read("{strategy: spiral}"), testing::HasSubstr("spiral"));
}

}  // namespace
}  // namespace aimc::sim
