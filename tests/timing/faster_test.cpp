// A resource that gets faster may change who comes first, and so cost a little, but never more than 2 %: one request,
// the same mapping, every resource that exists.
#include <gtest/gtest.h>

#include <functional>
#include <ostream>

#include "sim/mapping/mapper.h"
#include "tests/timing/hand_made.h"
#include "tests/timing/small_model.h"

namespace aimc::sim {
namespace {

using aimc::testing::elapsed_of_child;
using aimc::testing::HandMade;
using aimc::testing::ns;
using interconnect::Topology;

/// Hardware where each kind of unit works long enough to be waited for.
HardwareSpec busy_hardware() {
  HardwareSpec hardware = HandMade().program.hardware;
  hardware.tile.load_bytes_per_cycle = hardware.tile.affine_per_cycle = hardware.tile.accumulate_per_cycle =
      hardware.tile.send_bytes_per_cycle = 4;
  hardware.tile.adc.timing = tiles::AdcTiming::after_integration;
  hardware.tile.adc.tick = Time(200);
  hardware.tile.adc.columns_per_adc = 4;
  hardware.digital.lanes = 16;
  for (auto* cost : {&hardware.digital.rms_norm, &hardware.digital.rope, &hardware.digital.swiglu,
                     &hardware.digital.add, &hardware.digital.quantize, &hardware.digital.sample})
    cost->operations = 2;
  hardware.attention.macs_per_cycle = 16;
  hardware.attention.softmax_per_cycle = 1;
  hardware.attention.sram_bandwidth = Bandwidth(2e9);
  hardware.chip.tiles = 30;
  hardware.network.topology = Topology::mesh;
  hardware.network.flit_bits = 32;
  hardware.network.hop_cycles = 3;
  hardware.network.virtual_channels = 2;
  hardware.network.buffer_flits = 4;
  return hardware;
}

using Change = std::function<void(HardwareSpec&)>;
struct Faster {
  const char* name;
  Change change;
  Change before = [](HardwareSpec&) {};  ///< both machines
  LinearUnit unit = LinearUnit::analog;
};
std::ostream& operator<<(std::ostream& out, const Faster& faster) { return out << faster.name; }

Program map(const Faster& faster, bool changed) {
  HardwareSpec hardware = busy_hardware();
  faster.before(hardware);
  if (changed) faster.change(hardware);
  return map_in_order(workloads::build_graph(aimc::testing::small_model()), hardware,
                      [&](const auto&) { return faster.unit; });
}

class FasterHardware : public ::testing::TestWithParam<Faster> {};

TEST_P(FasterHardware, MakesNoRequestSlower) {
  const auto workload = InferenceWorkload::single(12, 5);
  const Time before = elapsed_of_child(map(GetParam(), false), workload);
  const Time after = elapsed_of_child(map(GetParam(), true), workload);
  EXPECT_LE(after.seconds(), 1.02 * before.seconds());
  EXPECT_NE(after, before) << "the resource does not matter here, so nothing is shown";
}

const Change slow_memory = [](HardwareSpec& h) { h.dram.bandwidth = Bandwidth(1e9); };
const Change kv_in_sram = [](HardwareSpec& h) { h.attention.kv_memory = tiles::KvMemory::sram; };
Change topology(Topology kind) {
  return [kind](HardwareSpec& h) { h.network.topology = kind; };
}
const Change circuits = [](HardwareSpec& h) {
  h.network.switching = interconnect::Switching::circuit;
  h.network.buffer_flits = 0;
  h.network.circuit_setup = ns(20);
};
const Change wider_links = [](HardwareSpec& h) { h.network.flit_bits = 64; };
const Change held_samples = [](HardwareSpec& h) { h.tile.adc.timing = tiles::AdcTiming::sample_and_hold; };
const Change multicast = [](HardwareSpec& h) { h.network.multicast = true; };
Change reduction(interconnect::Reduction kind) {
  return [kind](HardwareSpec& h) { h.network.reduction = kind; };
}

INSTANTIATE_TEST_SUITE_P(
    Tile, FasterHardware,
    ::testing::Values(Faster{"pulse_tick", [](HardwareSpec& h) { h.tile.input.pulse_tick = Time(250); }},
                      Faster{"mvm_overhead", [](HardwareSpec& h) { h.tile.input.mvm_overhead = ns(10); }},
                      Faster{"input_bits", [](HardwareSpec& h) { h.tile.input.bits = 7; }},
                      Faster{"adc_tick", [](HardwareSpec& h) { h.tile.adc.tick = Time(100); }},
                      Faster{"adc_tick_of_held_samples", [](HardwareSpec& h) { h.tile.adc.tick = Time(100); },
                             held_samples},
                      Faster{"columns_per_adc", [](HardwareSpec& h) { h.tile.adc.columns_per_adc = 1; }},
                      Faster{"adc_kind", [](HardwareSpec& h) { h.tile.adc.kind = tiles::AdcKind::sar; }},
                      Faster{"tile_clock", [](HardwareSpec& h) { h.tile.clock = Frequency(2e9); }},
                      Faster{"load", [](HardwareSpec& h) { h.tile.load_bytes_per_cycle = 8; }},
                      Faster{"affine", [](HardwareSpec& h) { h.tile.affine_per_cycle = 8; }},
                      Faster{"accumulate", [](HardwareSpec& h) { h.tile.accumulate_per_cycle = 8; }},
                      Faster{"send", [](HardwareSpec& h) { h.tile.send_bytes_per_cycle = 4; },
                             [](HardwareSpec& h) { h.tile.send_bytes_per_cycle = 1; }}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Digital, FasterHardware,
    ::testing::Values(Faster{"digital_clock", [](HardwareSpec& h) { h.digital.clock = Frequency(2e9); }},
                      Faster{"lanes", [](HardwareSpec& h) { h.digital.lanes = 32; }},
                      Faster{"norm_latency", [](HardwareSpec& h) { h.digital.rms_norm.latency = ns(5); }},
                      Faster{"sampler_latency", [](HardwareSpec& h) { h.digital.sample.latency = ns(5); }},
                      Faster{"digital_macs", [](HardwareSpec& h) { h.digital.macs_per_cycle = 32; },
                             [](HardwareSpec& h) { h.digital.macs_per_cycle = 16; }, LinearUnit::digital},
                      Faster{"weight_bits", [](HardwareSpec& h) { h.digital.weight_bits = 4; },
                             [](HardwareSpec& h) { h.digital.weight_bits = 8; }, LinearUnit::digital},
                      Faster{"attention_macs", [](HardwareSpec& h) { h.attention.macs_per_cycle = 16; },
                             [](HardwareSpec& h) { h.attention.macs_per_cycle = 8; }},
                      Faster{"attention_clock", [](HardwareSpec& h) { h.attention.clock = Frequency(2e9); }},
                      Faster{"attention_latency", [](HardwareSpec& h) { h.attention.latency = ns(10); }},
                      Faster{"softmax", [](HardwareSpec& h) { h.attention.softmax_per_cycle = 2; }},
                      Faster{"query_block", [](HardwareSpec& h) { h.attention.query_block = 4; }},
                      Faster{"kv_bits", [](HardwareSpec& h) { h.attention.kv_bits = 8; }}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Memory, FasterHardware,
    ::testing::Values(Faster{"dram_bandwidth", [](HardwareSpec& h) { h.dram.bandwidth = Bandwidth(20e9); }},
                      Faster{"dram_latency", [](HardwareSpec& h) { h.dram.latency = ns(20); }},
                      Faster{"dram_channels", [](HardwareSpec& h) { h.dram.channels = 2; },
                             [](HardwareSpec& h) {
                               slow_memory(h);
                               h.dram.attachment = interconnect::DramAttachment::per_package;
                             }},
                      Faster{"dram_for_each_chip",
                             [](HardwareSpec& h) { h.dram.attachment = interconnect::DramAttachment::per_chip; },
                             [](HardwareSpec& h) {
                               slow_memory(h);
                               h.dram.attachment = interconnect::DramAttachment::per_package;
                             }},
                      Faster{"dram_of_digital_weights", [](HardwareSpec& h) { h.dram.bandwidth = Bandwidth(20e9); },
                             [](HardwareSpec&) {}, LinearUnit::digital},
                      Faster{"sram_bandwidth", [](HardwareSpec& h) { h.attention.sram_bandwidth = Bandwidth(4e9); },
                             kv_in_sram}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Network, FasterHardware,
    ::testing::Values(Faster{"flit_bits", wider_links},
                      Faster{"flit_bits_torus", wider_links, topology(Topology::torus)},
                      Faster{"flit_bits_ring", wider_links, topology(Topology::ring)},
                      Faster{"flit_bits_circuits", wider_links, circuits},
                      Faster{"flit_bits_multicast", wider_links, multicast},
                      Faster{"flit_bits_adder_tree", wider_links, reduction(interconnect::Reduction::adder_tree)},
                      Faster{"flit_bits_in_network", wider_links, reduction(interconnect::Reduction::in_network)},
                      Faster{"network_clock", [](HardwareSpec& h) { h.network.clock = Frequency(2e9); }},
                      Faster{"hop_cycles", [](HardwareSpec& h) { h.network.hop_cycles = 1; }},
                      Faster{"header", [](HardwareSpec& h) { h.network.header_bits = 32; }},
                      Faster{"add_cycles", [](HardwareSpec& h) { h.network.add_cycles = 1; },
                             [](HardwareSpec& h) {
                               h.network.add_cycles = 20;
                               h.network.reduction = interconnect::Reduction::in_network;
                             }},
                      Faster{"virtual_channels", [](HardwareSpec& h) { h.network.virtual_channels = 4; }},
                      Faster{"virtual_channels_torus", [](HardwareSpec& h) { h.network.virtual_channels = 4; },
                             topology(Topology::torus)},
                      Faster{"buffer_flits", [](HardwareSpec& h) { h.network.buffer_flits = 16; }},
                      Faster{"unlimited_buffers", [](HardwareSpec& h) { h.network.buffer_flits = 0; }},
                      Faster{"circuit_setup", [](HardwareSpec& h) { h.network.circuit_setup = ns(5); }, circuits},
                      Faster{"constant_latency", [](HardwareSpec& h) { h.network.constant_latency = ns(5); },
                             topology(Topology::constant)},
                      Faster{"chip_link_bandwidth", [](HardwareSpec& h) { h.chip_link.bandwidth = Bandwidth(16e9); },
                             [](HardwareSpec& h) { h.chip_link.bandwidth = Bandwidth(2e9); }},
                      Faster{"chip_link_latency", [](HardwareSpec& h) { h.chip_link.latency = ns(5); }}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace aimc::sim
