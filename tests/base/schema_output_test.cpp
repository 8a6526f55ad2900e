#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "tests/base/schema_fixture.h"

namespace aimc::config {
namespace {

using testing::HasSubstr;

Machine example() {
  Machine machine;
  machine.name = "true";  // must come back as a text
  machine.sigma = 1.0 / 3.0;
  machine.coding = Coding::bit_serial;
  machine.latency = Time(34'567);
  machine.buffer = DataSize(12'345);
  machine.clock = Frequency(1.0e9 / 3.0);
  machine.sizes = {};
  machine.model = "/abs/model";
  machine.second = Adc{3, Energy(1.0 / 7e12)};
  machine.deployments = {{"a", ~0ULL}, {"b b", 1}};
  machine.parts = {{"model.layers.*.q: proj", {1, Energy(35.9e-15)}}};
  return machine;
}

TEST(Schema, TheResolvedDocumentReadsBackToTheSameObject) {
  for (const Machine& machine : {example(), Machine{.name = "x"}}) {
    const std::string text = to_yaml(machine_schema().to_node(machine));
    Diagnostics diagnostics;
    ProvenanceTable provenance;
    ParseContext context{diagnostics, provenance};
    const Node node = parse_yaml(text, "f", diagnostics);
    Machine back;
    machine_schema().parse(node, "", back, context);
    diagnostics.throw_if_any();
    back.model = machine.model.empty() ? machine.model : back.model;  // "" is the directory of the file
    EXPECT_EQ(back, machine) << text;
  }
}

TEST(Schema, JsonSchemaDescribesKeysRequirementsAndUnits) {
  const auto json = nlohmann::json::parse(machine_schema().json_schema("machine"));
  EXPECT_EQ(json.at("required"), nlohmann::json::array({"name"}));
  EXPECT_EQ(json.at("additionalProperties"), false);
  const auto& rows = json.at("properties").at("rows");
  EXPECT_EQ(rows.at("anyOf")[0].at("type"), "integer");
  EXPECT_EQ(rows.at("anyOf")[0].at("maximum"), 512);
  EXPECT_EQ(rows.at("description"), "Word lines of an array. Allowed: 1 to 512. Default: 512.");
  EXPECT_EQ(json.at("properties").at("coding").at("anyOf")[0].at("enum"), (nlohmann::json{"pwm", "bit_serial"}));
  const auto& item = json.at("properties").at("deployments").at("items");
  EXPECT_EQ(item.at("required"), nlohmann::json::array({"name"}));
  const std::regex pattern(json.at("properties").at("latency").at("anyOf")[0].at("pattern").get<std::string>());
  for (const char* good : {"130 ns", "1.5us", "1e-3 s", "2 min"}) EXPECT_TRUE(std::regex_match(good, pattern)) << good;
  for (const char* bad : {"130", "130 nJ", "ns", "1 kmin"}) EXPECT_FALSE(std::regex_match(bad, pattern)) << bad;
}

TEST(Schema, ReferencePageHasOneTablePerMapping) {
  const std::string page = machine_schema().reference_markdown("machine");
  EXPECT_THAT(page, HasSubstr("### `machine`"));
  EXPECT_THAT(page, HasSubstr("| `rows` | an integer (1 to 512) | `512` | Word lines of an array. |"));
  EXPECT_THAT(page, HasSubstr("| `name` | a text | **required** | What the report calls it. |"));
  EXPECT_THAT(page, HasSubstr("| `latency` | time with its unit, such as \"130 ns\" (1 ns to 1 us) | `130 ns` |"));
  EXPECT_THAT(page, HasSubstr("### `machine.deployments.<number>`"));
  EXPECT_THAT(page, HasSubstr("### `machine.parts.<name>`"));
}

}  // namespace
}  // namespace aimc::config
