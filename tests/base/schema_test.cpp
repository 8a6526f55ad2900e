#include "base/config/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/config/nearest.h"
#include "tests/base/schema_fixture.h"

namespace aimc::config {
namespace {

using testing::ElementsAre;

struct Parsed {
  Machine machine;
  std::vector<std::string> errors;
  ProvenanceTable provenance;
};

Parsed parse(const Node& node, Diagnostics diagnostics = {}) {
  Parsed parsed;
  ParseContext context{diagnostics, parsed.provenance};
  machine_schema().parse(node, "machine", parsed.machine, context);
  parsed.errors = diagnostics.messages();
  return parsed;
}

Parsed parse(const std::string& text) {
  Diagnostics diagnostics;
  const Node node = parse_yaml(text, "dir/m.yaml", diagnostics);
  return parse(node, diagnostics);
}

TEST(Schema, ReadsEveryKindOfKey) {
  const Parsed parsed = parse(R"(name: 12
rows: 256
dynamic: true
sigma: 1e-2
coding: pwm
latency: 34 ns
buffer: "1 MiB"
clock: 1.2 GHz
sizes: [3, 4, 5]
model: ../model/config.json
adc: {bits: 6, energy: 2 pJ}
second: {bits: 3}
deployments:
  - {name: a, seeds: 18446744073709551615}
  - name: b
parts: {left: {bits: 1}, right: {bits: 2}}
)");
  EXPECT_THAT(parsed.errors, ElementsAre());
  Machine expected;
  expected.name = "12";
  expected.rows = 256;
  expected.dynamic = true;
  expected.sigma = 0.01;
  expected.latency = Time(34'000);
  expected.buffer = DataSize(1 << 20);
  expected.clock = Frequency(1.2e9);
  expected.sizes = {3, 4, 5};
  expected.model = "model/config.json";  // relative to dir/m.yaml
  expected.adc = {6, Energy(2e-12)};
  expected.second = Adc{3, Energy(1e-12)};
  expected.deployments = {{"a", ~0ULL}, {"b", 1}};
  expected.parts = {{"left", {1, Energy(1e-12)}}, {"right", {2, Energy(1e-12)}}};
  EXPECT_EQ(parsed.machine, expected);
}

TEST(Schema, AbsentKeysKeepTheirDefaultsAndNullEmptiesOptionals) {
  Machine expected;
  expected.name = "x";
  EXPECT_EQ(parse("name: x\n").machine, expected);
  EXPECT_EQ(parse("name: x\nclock: null\nsecond: ~\nadc:\n").machine, expected);
  EXPECT_THAT(parse("name: x\nclock: null\n").errors, ElementsAre());
}

TEST(Schema, CollectsAllMistakesWithPlaceKeyAndRemedy) {
  const Parsed parsed = parse(R"(row: 256
sigma: 2
latency: 130
coding: pmw
adc: {bits: 17, enrgy: 1 pJ}
deployments: [{seeds: 2}]
)");
  EXPECT_THAT(
      parsed.errors,
      ElementsAre("dir/m.yaml:1: machine.row: unknown key; did you mean 'rows'?",
                  "dir/m.yaml:2: machine.sigma: 2 is out of range; allowed is 0 to 1",
                  "dir/m.yaml:3: machine.latency: '130' has no unit; expected a time with a unit, such as \"130 ns\"",
                  "dir/m.yaml:4: machine.coding: expected one of pwm, bit_serial, got 'pmw'; did you mean 'pwm'?",
                  "dir/m.yaml:5: machine.adc.bits: 17 is out of range; allowed is 1 to 16",
                  "dir/m.yaml:5: machine.adc.enrgy: unknown key; did you mean 'energy'?",
                  "dir/m.yaml:6: machine.deployments.0: the key 'name' is missing: Its name in the report.",
                  "dir/m.yaml:1: machine: the key 'name' is missing: What the report calls it."));
}

TEST(Schema, IsStrictAboutYamlsSurprises) {
  for (const char* line : {"rows: 010",
                           "rows: 0x10",
                           "rows: 1_0",
                           "rows: 1.0",
                           "rows: 1e2",
                           "rows: '5'",
                           "rows: +5",
                           "rows: 99999999999999999999",
                           "rows: 3000000000",
                           "rows: 0",
                           "rows: [1]",
                           "rows: {}",
                           "rows:",
                           "dynamic: yes",
                           "dynamic: True",
                           "dynamic: on",
                           "dynamic: 1",
                           "dynamic: 'true'",
                           "sigma: .nan",
                           "sigma: .inf",
                           "sigma: nan",
                           "sigma: 1e999",
                           "sigma: '0.5'",
                           "sigma: -0.1",
                           "sizes: 3",
                           "sizes: [1, -1]",
                           "sizes: [1, x]",
                           "clock: 5",
                           "clock: -1 GHz",
                           "latency: 2 us",
                           "latency: 1 year",
                           "buffer: 1.5 B",
                           "adc: 5",
                           "adc: [1]",
                           "deployments: {name: x}",
                           "parts: [1]",
                           "name: [1]",
                           "coding: PWM",
                           "deployments: [{name: x, seeds: -1}]",
                           "adc: {energy: 0 pJ}"}) {
    EXPECT_EQ(parse(std::string("name: x\n") + line + "\n").errors.size(), 1U) << line;
  }
}

TEST(Schema, FarFromEveryKeyTheValidOnesAreListed) {
  EXPECT_THAT(parse("name: x\nadc: {zzzzzz: 1}\n").errors,
              ElementsAre("dir/m.yaml:2: machine.adc.zzzzzz: unknown key; valid keys here are bits, energy"));
}

TEST(Schema, RulesRunOnlyWhenTheKeysAreRight) {
  EXPECT_THAT(parse("name: x\ndynamic: true\ncoding: bit_serial\n").errors,
              ElementsAre("dir/m.yaml:3: machine.coding: must be pwm when dynamic is true"));
  EXPECT_THAT(parse("name: x\ndynamic: true\ncoding: bit_serial\nrows: 0\n").errors.size(), 1U);
}

TEST(Schema, RecordsProvenance) {
  const Parsed parsed = parse(R"(name: x
latency: {value: 130 ns, kind: published, source: "Le Gallo 2023", note: typical}
adc: {bits: {value: 8, kind: assumed}, energy: 1 pJ}
sizes: {value: [7, 8], kind: derived, source: "2 x 4"}
)");
  EXPECT_THAT(parsed.errors, ElementsAre());
  const Provenance& latency = parsed.provenance.at("machine.latency");
  EXPECT_EQ(latency.value, "130 ns");
  EXPECT_EQ(latency.kind, ValueKind::published);
  EXPECT_EQ(latency.source, "Le Gallo 2023");
  EXPECT_EQ(latency.note, "typical");
  EXPECT_EQ(latency.where, "dir/m.yaml:2");
  EXPECT_EQ(parsed.provenance.at("machine.adc.bits").kind, ValueKind::assumed);
  EXPECT_EQ(parsed.provenance.at("machine.adc.energy").kind, ValueKind::unspecified);
  EXPECT_EQ(parsed.provenance.at("machine.sizes").value, "[7, 8]");
  EXPECT_EQ(parsed.machine.sizes, (std::vector<int>{7, 8}));
  EXPECT_EQ(parsed.provenance.count("machine.rows"), 0U);
}

TEST(Schema, RefusesMalformedAnnotations) {
  for (const char* line :
       {"rows: {value: 8, kind: guessed}", "rows: {value: 8, sauce: x}", "rows: {kind: assumed}",
        "rows: {value: 8, kind: published}", "rows: {value: {value: 8}}", "rows: {value: 8, source: [a]}"}) {
    EXPECT_EQ(parse(std::string("name: x\n") + line + "\n").errors.size(), 1U) << line;
  }
}

TEST(Schema, WhatTheUserSetIsMarkedSo) {
  Diagnostics diagnostics;
  Node base = parse_yaml("name: x\nrows: {value: 8, kind: published, source: p}\nadc: {bits: 4}\n", "f", diagnostics);
  Node overlay = parse_yaml("adc: {bits: 5}\nsigma: 0.25\n", "mine", diagnostics);
  mark_as_user(overlay);
  Node node = merged(base, overlay);
  apply_override(node, "rows=16", diagnostics);
  const Parsed parsed = parse(node, diagnostics);
  EXPECT_THAT(parsed.errors, ElementsAre());
  EXPECT_EQ(parsed.machine.rows, 16);
  EXPECT_EQ(parsed.provenance.at("machine.rows").kind, ValueKind::user);
  EXPECT_EQ(parsed.provenance.at("machine.rows").where, "--set");
  EXPECT_EQ(parsed.provenance.at("machine.rows").source, "");
  EXPECT_EQ(parsed.provenance.at("machine.adc.bits").kind, ValueKind::user);
  EXPECT_EQ(parsed.provenance.at("machine.adc.bits").where, "mine:1");
  EXPECT_EQ(parsed.provenance.at("machine.name").kind, ValueKind::unspecified);
}

TEST(Schema, AKeyWithoutEffectIsRefusedWhereItIsWritten) {
  const std::string no_effect = "machine.sigma: has no effect with one row";
  EXPECT_THAT(parse("name: x\nrows: 1\n").errors, ElementsAre());
  EXPECT_THAT(parse("name: x\nrows: 1\nsigma: 0.5\n").errors, ElementsAre()) << "its default";
  EXPECT_THAT(parse("name: x\nrows: 1\nsigma: 0.25\n").errors, ElementsAre("dir/m.yaml:3: " + no_effect));
}

TEST(Schema, AKeyWithoutEffectIsQuietWhereItIsInherited) {
  Diagnostics diagnostics;
  const Node preset = parse_yaml("name: x\nrows: 8\nsigma: {value: 0.25, kind: assumed}\n", "f", diagnostics);
  const Node one_row = parse_yaml("rows: {value: 1, kind: assumed}\n", "mine", diagnostics);
  const Node both = parse_yaml("rows: 1\nsigma: 0.75\n", "mine", diagnostics);
  const Parsed inherited = parse(merged(preset, one_row));
  EXPECT_THAT(inherited.errors, ElementsAre());
  EXPECT_EQ(inherited.machine.sigma, 0.5);
  EXPECT_EQ(inherited.provenance.count("machine.sigma"), 0U);
  EXPECT_EQ(parse(merged(preset, both)).errors.size(), 1U);

  Node set = preset;
  apply_override(set, "rows=1", diagnostics);
  EXPECT_THAT(parse(set).errors, ElementsAre());
  Node set_over_mine = merged(preset, parse_yaml("sigma: 0.75\n", "mine", diagnostics));
  apply_override(set_over_mine, "rows=1", diagnostics);
  EXPECT_THAT(parse(set_over_mine).errors, ElementsAre());
  apply_override(set_over_mine, "sigma=0.3", diagnostics);
  EXPECT_EQ(parse(set_over_mine).errors.size(), 1U);
  Node mine_over_one_row = merged(one_row, parse_yaml("name: x\nsigma: 0.75\n", "mine", diagnostics));
  EXPECT_EQ(parse(mine_over_one_row).errors.size(), 1U) << "the preset says what makes it meaningless";
  EXPECT_TRUE(diagnostics.ok());
}

TEST(Nearest, CountsEditsAndSwaps) {
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("bits", "btis"), 1U);
  EXPECT_EQ(edit_distance("same", "same"), 0U);
  EXPECT_EQ(nearest("adcbits", {"dac_bits", "adc_bits"}), "adc_bits");
  EXPECT_EQ(nearest("elephant", {"adc_bits", "rows"}), "");
}

}  // namespace
}  // namespace aimc::config
