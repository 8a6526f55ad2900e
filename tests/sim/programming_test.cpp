#include "sim/ledger/programming.h"

#include <gtest/gtest.h>

#include "handmade_graph.h"
#include "read_preset.h"
#include "sim/mapping/mapper.h"

namespace aimc::sim {
namespace {

/// `arrays` full arrays of a preset on one chip, without a graph.
class Programming : public testing::Test {
 protected:
  static ProgrammingReport report(std::uint32_t arrays, const std::vector<std::string>& overrides) {
    const Preset preset = read_preset("hermes-64", overrides);
    Program program;
    program.hardware = preset.hardware;
    for (std::uint32_t i = 0; i < arrays; ++i) {
      Shard shard;
      shard.id = i;
      shard.rows = shard.columns = 256;
      shard.tile = {Component::crossbar_tile, 0, i};
      program.shards.push_back(shard);
    }
    return programming_of(program, preset.energy, preset.provenance).value();
  }
};

// One array of 256 x 256 cells of 4 devices, 30 rounds each, a row at once: 256 x 4 x 30 = 30720 rounds of a 1 us pulse
// and a read of 132.94 ns.
constexpr double rounds = 30720, round_seconds = 1e-6 + 132.94e-9;
// A read drives one row (9.181 pJ) and takes 256 cells (35.86 fJ) and 256 conversions (34.10 pJ).
constexpr double read_joules = 9.181e-12 + 256 * (35.86e-15 + 34.10e-12);

TEST_F(Programming, OneArrayByHand) {
  const ProgrammingReport one = report(1, {});
  EXPECT_EQ(one.devices, 65536 * 4);
  EXPECT_EQ(one.pulses, 65536 * 4 * 30);
  EXPECT_NEAR(one.time.si(), rounds * round_seconds, 1e-9);
  EXPECT_NEAR(one.pulse_energy.si(), 65536 * 4 * 30 * 100e-12, 1e-12);
  EXPECT_NEAR(one.verify_energy.si(), rounds * read_joules, 1e-12);
  EXPECT_NEAR(one.total.si(), one.pulse_energy.si() + one.verify_energy.si(), 1e-15);
  EXPECT_NEAR(one.chip_power.si(), (256 * 100e-12 + read_joules) / round_seconds, 1e-6);
}

TEST_F(Programming, TheBandMultipliesItsConstants) {
  // Pulses: iterations x2 and energy x3 in quadrature of logarithms; reads: iterations x2 and 15 %.
  const ProgrammingReport one = report(1, {});
  const double pulses = std::exp(std::sqrt(std::log(2) * std::log(2) + std::log(3) * std::log(3)));
  const double reads = std::exp(std::sqrt(std::log(2) * std::log(2) + std::log(1.15) * std::log(1.15)));
  EXPECT_NEAR(one.high.si(), pulses * one.pulse_energy.si() + reads * one.verify_energy.si(), 1e-9);
  EXPECT_LT(one.low, one.total);
}

TEST_F(Programming, ArraysShareThePowerOfTheChip) {
  const double array_watt = (256 * 100e-12 + read_joules) / round_seconds;  // 30 mW
  const double one = report(1, {}).time.si();
  EXPECT_NEAR(report(5, {}).time.si(), one, 1e-12) << "6.5 W are enough for all";
  EXPECT_EQ(report(5, {}).arrays_at_once, 5);
  const auto limited = [&](double watt) {
    return report(5, {"hardware.energy.programming.power_per_chip=" + std::to_string(watt) + " W"});
  };
  EXPECT_EQ(limited(2.5 * array_watt).arrays_at_once, 2);
  EXPECT_NEAR(limited(2.5 * array_watt).time.si(), 3 * one, 1e-9) << "two, two and one";
  EXPECT_NEAR(limited(0.1 * array_watt).time.si(), 5 * one, 1e-9) << "one at a time at least";
  EXPECT_DOUBLE_EQ(limited(2.5 * array_watt).total.si(), report(5, {}).total.si());
  EXPECT_NEAR(report(5, {"hardware.energy.programming.power_per_chip=0 W"}).time.si(), one, 1e-12);
}

TEST_F(Programming, CellsOneByOneAndColumns) {
  const ProgrammingReport row = report(1, {});
  const ProgrammingReport cell = report(1, {"hardware.energy.programming.at_once=cell"});
  EXPECT_NEAR(cell.time.si(), 256 * row.time.si(), 1e-6);
  EXPECT_DOUBLE_EQ(cell.pulse_energy.si(), row.pulse_energy.si());
  // Each cell's read drives its row for itself.
  EXPECT_NEAR(cell.verify_energy.si(), 256 * rounds * (9.181e-12 + 35.86e-15 + 34.10e-12), 1e-9);
  const ProgrammingReport column = report(1, {"hardware.energy.programming.at_once=column"});
  EXPECT_NEAR(column.time.si(), rounds * (1e-6 + 256 * 132.94e-9), 1e-6);
  EXPECT_NEAR(column.verify_energy.si(), cell.verify_energy.si(), 1e-9);
}

TEST(ProgrammingModel, CountsEveryWeightOnce) {
  // hardware 6.1: Phi-3-mini has 3.7224 G static weights; 4 devices each, 30 pulses of 100 pJ are 44.7 J.
  const DecoderShape phi3{3072, 8192, 32, 32, 96, 32064, 32, true};
  const Preset preset = read_preset("hermes-64");
  const Program program = map_in_order(handmade_decoder(phi3), preset.hardware, all_analog);
  const ProgrammingReport report = programming_of(program, preset.energy, preset.provenance).value();
  EXPECT_EQ(report.devices, 4 * 3'722'379'264);
  EXPECT_NEAR(report.pulse_energy.si(), 44.67, 0.01);
  EXPECT_NEAR(report.time.si(), rounds * round_seconds, 1e-6) << "all chips at once";
  EXPECT_EQ(report.memory_bytes, 0);
}

TEST(ProgrammingModel, DigitalLinearsAreWrittenToMemory) {
  const Preset preset = read_preset("hermes-64");
  const auto digital = [](const auto&) { return LinearUnit::digital; };
  const auto graph = handmade_decoder({});
  std::int64_t weights = 0;
  for (const auto& node : graph.nodes)
    if (const auto* linear = std::get_if<workloads::LinearOp>(&node.op))
      weights += linear->in_features * linear->out_features;
  const ProgrammingReport report =
      programming_of(map_in_order(graph, preset.hardware, digital), preset.energy, preset.provenance).value();
  EXPECT_EQ(report.memory_bytes, weights / 2) << "4 bits each";
  EXPECT_NEAR(report.memory_energy.si(), static_cast<double>(weights / 2) * 40e-12, 1e-12);
  EXPECT_EQ(report.pulse_energy, Energy{});
}

TEST(ProgrammingModel, AlwaysOff) {
  Preset preset = read_preset("hermes-64");
  preset.energy.programming.reset();
  EXPECT_FALSE(
      programming_of(map_in_order(handmade_decoder({}), preset.hardware, all_analog), preset.energy, preset.provenance)
          .has_value());
}

}  // namespace
}  // namespace aimc::sim
