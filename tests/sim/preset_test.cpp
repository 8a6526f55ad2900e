#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check/error.h"
#include "read_preset.h"
#include "sim/ledger/load_energy_table.h"
#include "sim/ledger/pricing.h"
#include "sim/program/load_hardware.h"

namespace aimc::sim {
namespace {

using config::ValueKind;
using testing::HasSubstr;

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(AIMC_SOURCE_DIR) / "configs/hardware"))
    names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

/// The message of the ConfigError that reading with the overrides gives, or "".
std::string complaint(const std::string& preset, const std::vector<std::string>& overrides) {
  try {
    read_preset(preset, overrides);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

class EveryPreset : public testing::TestWithParam<std::string> {};

TEST_P(EveryPreset, SaysWhereEachNumberComesFrom) {
  const Preset preset = read_preset(GetParam());
  EXPECT_EQ(preset.hardware.name, GetParam());
  EXPECT_GT(preset.provenance.size(), 80u);
  for (const auto& [key, provenance] : preset.provenance) {
    if (key.ends_with(".name") || key.ends_with(".omitted") || key.ends_with(".included_in") ||
        key.starts_with("hardware.energy.omitted") || key.starts_with("hardware.energy.included_in") ||
        key.ends_with(".scaling") || key.ends_with(".reference_bits"))
      continue;
    EXPECT_TRUE(provenance.kind == ValueKind::published || provenance.kind == ValueKind::derived ||
                provenance.kind == ValueKind::assumed)
        << key;
    EXPECT_GT(provenance.source.size(), 5u) << key;
  }
}

TEST_P(EveryPreset, GivesEveryActionAnEnergyOrAReason) {
  const Preset preset = read_preset(GetParam());
  EXPECT_EQ(preset.energy.actions.size(), static_cast<std::size_t>(action_count - 1)) << "all but retry";
  for (const auto& [action, energy] : preset.energy.actions) {
    EXPECT_EQ(energy.reference > Energy{}, energy.has_price()) << name(action);
    EXPECT_EQ(energy.kind != ValueKind::unspecified, energy.has_price()) << name(action);
  }
}

INSTANTIATE_TEST_SUITE_P(Configs, EveryPreset, testing::ValuesIn(preset_names()), [](const auto& info) {
  std::string text = info.param;
  std::ranges::replace_if(text, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return text;
});

TEST(Presets, TheFourOfTheIssueAreThere) {
  EXPECT_THAT(preset_names(), testing::IsSupersetOf({"hermes-core", "hermes-64", "aimc-2d-mesh", "3d-aimc"}));
}

TEST(Presets, FiguresOfTheHardwareNotes) {
  const HardwareSpec hermes = read_preset("hermes-64").hardware;
  EXPECT_EQ(hermes.chip.tiles, 64);
  EXPECT_EQ(hermes.chip.digital_units, 8);
  EXPECT_EQ(hermes.tile.adc.counter_bits, 12);
  EXPECT_NEAR(hermes.tile.area.si(), 0.634e-6, 1e-12);
  const HardwareSpec mesh = read_preset("aimc-2d-mesh").hardware;
  EXPECT_EQ(mesh.chip.tiles, 500);
  EXPECT_EQ(mesh.chip.digital_units, 288);
  EXPECT_EQ(mesh.chip.attention_units, 96);
  EXPECT_NEAR(mesh.dram.bandwidth.si(), 68.3e9, 1e3);
  const HardwareSpec stacked = read_preset("3d-aimc").hardware;
  EXPECT_EQ(stacked.tile.tiers, 1024);
  EXPECT_EQ(stacked.network.constant_latency, Time(10'000));
  EXPECT_EQ(tiles::vector_time(stacked.digital, tiles::VectorOperation::rms_norm, 4096), Time(50'000));
  EXPECT_EQ(tiles::mvm_timing(stacked.tile, 512, 512).period(), Time(100'000));
}

TEST(HardwareFile, AllMistakesComeAtOnce) {
  const std::string message = complaint("hermes-64", {"hardware.tile.input.bits=17", "hardware.tile.clock=1",
                                                      "hardware.tile.rowz=3", "hardware.chip.tiles=-1"});
  EXPECT_THAT(message, HasSubstr("hardware.tile.input.bits"));
  EXPECT_THAT(message, HasSubstr("2 to 16"));
  EXPECT_THAT(message, HasSubstr("hardware.tile.clock"));
  EXPECT_THAT(message, HasSubstr("did you mean 'rows'"));
  EXPECT_THAT(message, HasSubstr("hardware.chip.tiles"));
}

TEST(HardwareFile, RulesOverSeveralKeys) {
  const auto set = [](const std::string& assignment) { return complaint("hermes-64", {"hardware." + assignment}); };
  EXPECT_THAT(set("tile.adc.counter_bits=7"), HasSubstr("narrower"));
  EXPECT_THAT(set("tile.adc.columns_per_adc=8"), HasSubstr("after_integration"));
  EXPECT_THAT(
      complaint("hermes-64", {"hardware.tile.adc.timing=after_integration", "hardware.tile.adc.columns_per_adc=7"}),
      HasSubstr("does not divide"));
  EXPECT_THAT(complaint("hermes-64", {"hardware.tile.adc.timing=after_integration", "hardware.tile.adc.tick=0 ns"}),
              HasSubstr("length of a converter step"));
  EXPECT_THAT(set("tile.input.bits=12"), HasSubstr("need slicing.weight_bits"));
  EXPECT_THAT(set("tile.slicing.weight_bits=1"), HasSubstr("2 bits or more"));
  EXPECT_THAT(set("tile.periphery.output_noise=-1"), HasSubstr("output_noise"));
  EXPECT_THAT(complaint("hermes-64", {"hardware.tile.periphery.mode=split", "hardware.tile.periphery.split_shift=7"}),
              HasSubstr("no high bits"));
  EXPECT_THAT(complaint("hermes-64", {"hardware.tile.periphery.mode=bit_wise", "hardware.tile.slicing.weight_bits=8"}),
              HasSubstr("passes of its own"));
  EXPECT_EQ(complaint("hermes-64", {"hardware.tile.input.bits=16", "hardware.tile.slicing.weight_bits=16"}), "");
  EXPECT_THAT(set("tile.area=0 mm2"), HasSubstr("tile.area"));
  EXPECT_THAT(set("digital.weight_bits=12"), HasSubstr("2 to 8, or 16"));
  EXPECT_THAT(set("attention.kv_bits=12"), HasSubstr("16 or 8"));
  EXPECT_THAT(set("tile.idle.clock_gated=1 W"), HasSubstr("draws more than always_on"));
  EXPECT_EQ(
      complaint("hermes-64", {"hardware.tile.adc.timing=after_integration", "hardware.tile.adc.columns_per_adc=8"}),
      "");
}

TEST(HardwareFile, AllDigitalHardwareHasNoTile) {
  const Preset npu = read_preset("npu-w4");
  EXPECT_EQ(npu.hardware.chip.tiles, 0);
  EXPECT_EQ(npu.hardware.tile.rows, 0);
  const config::Node written = hardware_schema().to_node(npu.hardware);
  EXPECT_EQ(written.find("tile")->kind, config::Node::Kind::null) << "what is not there is not written";
  EXPECT_THAT(complaint("npu-w4", {"hardware.chip.tiles=4"}), HasSubstr("describe the tile"));
  EXPECT_THAT(complaint("hermes-64", {"hardware.chip.tiles=0"}), HasSubstr("without effect"));
  EXPECT_THAT(complaint("npu-w4", {"hardware.digital.macs_per_cycle=0"}), HasSubstr("nothing that can multiply"));
}

TEST(HardwareFile, AKvCacheInSramNeedsSizeAndSpeed) {
  const std::string attention = "hardware.attention.";
  const std::string message = complaint("hermes-64", {attention + "kv_memory=sram"});
  EXPECT_THAT(message, HasSubstr("attention.sram_capacity"));
  EXPECT_THAT(message, HasSubstr("attention.sram_bandwidth"));
  EXPECT_EQ(complaint("hermes-64", {attention + "kv_memory=sram", attention + "sram_capacity=2 MiB",
                                    attention + "sram_bandwidth=1 TB/s"}),
            "");
  EXPECT_THAT(complaint("hermes-64", {attention + "sram_capacity=2 MiB"}), HasSubstr("no effect"));
  EXPECT_THAT(complaint("hermes-64", {"hardware.dram.bandwidth=0 GB/s"}), HasSubstr("hardware.dram.bandwidth"));
}

TEST(EnergyFile, AMissingActionIsNamed) {
  config::Diagnostics diagnostics;
  config::Node node =
      config::read_yaml_file(std::filesystem::path(AIMC_SOURCE_DIR) / "configs/energy/hermes-64.yaml", diagnostics);
  std::erase_if(node.find("actions")->find("dram")->entries, [](const auto& e) { return e.first == "kv_read_byte"; });
  std::erase_if(node.find("included_in")->entries, [](const auto& e) { return e.first == "retries"; });
  EnergyTable table;
  config::ProvenanceTable provenance;
  config::ParseContext context{diagnostics, provenance};
  parse_energy_table(node, "hardware.energy", table, context);
  ASSERT_EQ(diagnostics.messages().size(), 2u);
  EXPECT_THAT(diagnostics.messages(), testing::Contains(HasSubstr("'kv_read_byte' is missing")));
  EXPECT_THAT(diagnostics.messages(), testing::Contains(HasSubstr("'omitted.retries' is missing")));
}

TEST(EnergyFile, AnActionNeedsAnEnergyOrAReason) {
  EXPECT_THAT(complaint("hermes-64", {"hardware.energy.actions.crossbar_tile.mvm.included_in="}), HasSubstr("mvm"));
  EXPECT_THAT(complaint("hermes-64", {"hardware.energy.actions.crossbar_tile.adc_conversion.energy=12"}),
              HasSubstr("adc_conversion.energy"));
}

TEST(EnergyFile, TheUsersEnergyWins) {
  const Preset preset = read_preset("hermes-64", {"hardware.energy.actions.crossbar_tile.mvm.energy=2 nJ",
                                                  "hardware.energy.actions.crossbar_tile.adc_conversion.energy=1 pJ"});
  const ActionEnergy& mvm = preset.energy.actions.at(Action::mvm);
  EXPECT_DOUBLE_EQ(mvm.reference.si(), 2e-9);
  EXPECT_TRUE(mvm.omitted.empty());
  EXPECT_EQ(mvm.kind, ValueKind::user);
  EXPECT_EQ(preset.energy.actions.at(Action::adc_conversion).kind, ValueKind::user);
  EXPECT_EQ(preset.energy.actions.at(Action::dac_conversion).kind, ValueKind::derived);
}

std::string network_complaint(const std::string& preset, std::vector<std::string> keys) {
  for (std::string& key : keys) key = "hardware.network." + key;
  return complaint(preset, keys);
}

TEST(Networks, ThatCannotBeAreRefused) {
  EXPECT_THAT(network_complaint("hermes-64", {"topology=ring", "virtual_channels=1"}), HasSubstr("at least 2"));
  EXPECT_THAT(network_complaint("aimc-2d-mesh", {"topology=torus", "switching=packet", "buffer_flits=4"}),
              HasSubstr("at least 2"));
  EXPECT_THAT(network_complaint("hermes-64", {"virtual_channels=0"}), HasSubstr("network.virtual_channels"));
  EXPECT_THAT(network_complaint("aimc-2d-mesh", {"reduction=in_network"}), HasSubstr("switching: packet"));
  EXPECT_THAT(network_complaint("3d-aimc", {"reduction=in_network"}), HasSubstr("no routers to add in"));
  EXPECT_THAT(network_complaint("3d-aimc", {"topology=hypercube"}), HasSubstr("hypercube"));
}

TEST(Networks, KeysThatMeanNothingAreRefusedWhereTheUserWritesThem) {
  EXPECT_THAT(network_complaint("hermes-64", {"add_cycles=2"}), HasSubstr("in_network only"));
  EXPECT_THAT(network_complaint("hermes-64", {"circuit_setup=5 ns"}), HasSubstr("network.circuit_setup"));
  EXPECT_THAT(network_complaint("hermes-64", {"constant_latency=5 ns"}), HasSubstr("topology: constant"));
  EXPECT_THAT(network_complaint("3d-aimc", {"multicast=true"}), HasSubstr("no effect"));
  EXPECT_THAT(network_complaint("3d-aimc", {"switching=circuit"}), HasSubstr("network.switching"));
  EXPECT_THAT(network_complaint("3d-aimc", {"virtual_channels=2"}), HasSubstr("network.virtual_channels"));
  EXPECT_THAT(network_complaint("hermes-64", {"topology=constant", "buffer_flits=16"}),
              HasSubstr("network.buffer_flits: has no effect"));
  EXPECT_THAT(network_complaint("hermes-64", {"buffer_flits=0", "virtual_channels=2"}), HasSubstr("unlimited buffers"));
}

TEST_P(EveryPreset, TakesAnotherNetworkWhateverItsOwn) {
  for (const char* key : {"topology=mesh", "topology=torus", "topology=ring", "topology=constant", "buffer_flits=0",
                          "reduction=first_tile", "reduction=adder_tree"}) {
    EXPECT_EQ(network_complaint(GetParam(), {key}), "") << key;
  }
  for (const char* topology : {"topology=mesh", "topology=torus", "topology=ring"}) {
    EXPECT_EQ(network_complaint(GetParam(), {topology, "switching=circuit"}), "") << topology;
    EXPECT_EQ(network_complaint(GetParam(), {topology, "switching=packet", "reduction=in_network"}), "") << topology;
  }
}

TEST(Networks, InheritedKeysThatMeanNothingGetTheirDefaults) {
  const Preset constant = read_preset("hermes-64", {"hardware.network.topology=constant"});
  EXPECT_FALSE(constant.hardware.network.multicast);
  EXPECT_EQ(constant.hardware.network.buffer_flits, 0);
  EXPECT_EQ(constant.hardware.network.virtual_channels, interconnect::NetworkSpec{}.virtual_channels);
  EXPECT_FALSE(constant.provenance.contains("hardware.network.multicast"));
  const Preset circuit = read_preset("hermes-64", {"hardware.network.switching=circuit"});
  EXPECT_TRUE(circuit.hardware.network.multicast) << "a circuit may have several ends";
  EXPECT_EQ(circuit.hardware.network.buffer_flits, 0);
  const Preset packets = read_preset("aimc-2d-mesh", {"hardware.network.topology=constant"});
  EXPECT_EQ(packets.hardware.network.switching, interconnect::Switching::packet);
}

}  // namespace
}  // namespace aimc::sim
