#include "sim/program/load_hardware.h"

#include "interconnect/spec/interconnect_schema.h"
#include "tiles/spec/digital_schema.h"
#include "tiles/spec/tile_schema.h"

namespace aimc::sim {
namespace {

config::Schema<ChipSpec> make_chip_schema() {
  config::Schema<ChipSpec> s;
  s.key("tiles", &ChipSpec::tiles, "crossbar tiles on a chip; 0: all-digital hardware").range(0, 1'000'000).required();
  s.key("digital_units", &ChipSpec::digital_units, "digital units on a chip").range(1, 1'000'000).required();
  s.key("attention_units", &ChipSpec::attention_units, "attention units on a chip").range(1, 1'000'000).required();
  s.key("chips", &ChipSpec::chips, "given number of chips; 0: as many as the model needs").range(0, 1'000'000);
  s.key("other_area", &ChipSpec::other_area, "area of a chip that its units do not contain: pads, clock, PHY, control")
      .required();
  s.key("static_power", &ChipSpec::static_power, "power of the same, always drawn").required();
  return s;
}

bool has_tile(const tiles::TileSpec& tile) { return tile.rows > 0; }

void check_units(const HardwareSpec& hardware, const config::Schema<HardwareSpec>::ErrorAt& error) {
  if (hardware.chip.tiles > 0 && !has_tile(hardware.tile))
    error("tile",
          "is missing: chip.tiles is above 0; describe the tile, or set chip.tiles: 0 for all-digital hardware");
  if (hardware.chip.tiles == 0 && has_tile(hardware.tile))
    error("chip", "chip.tiles: 0 leaves the section tile without effect; remove it or set chip.tiles above 0");
  if (hardware.chip.tiles == 0 && hardware.digital.macs_per_cycle == 0)
    error("digital", "chip.tiles: 0 and digital.macs_per_cycle: 0 leave nothing that can multiply weights");
}

}  // namespace

const config::Schema<HardwareSpec>& hardware_schema() {
  static const config::Schema<HardwareSpec> schema = [] {
    config::Schema<HardwareSpec> s;
    s.key("name", &HardwareSpec::name, "name of the hardware in reports").required();
    s.optional_section<tiles::TileSpec>("tile", &HardwareSpec::tile, tiles::tile_schema(),
                                        "the crossbar tile; left out with chip.tiles: 0", has_tile);
    s.section("digital", &HardwareSpec::digital, tiles::digital_schema(), "the digital unit", true);
    s.section("attention", &HardwareSpec::attention, tiles::attention_schema(), "the attention unit", true);
    s.section("chip", &HardwareSpec::chip, make_chip_schema(), "what stands on a chip", true);
    s.section("network", &HardwareSpec::network, interconnect::network_schema(), "the network on a chip", true);
    s.section("chip_link", &HardwareSpec::chip_link, interconnect::chip_link_schema(), "the link between chips", true);
    s.section("dram", &HardwareSpec::dram, interconnect::dram_schema(), "the memory beside the chips", true);
    s.key("idle_policy", &HardwareSpec::idle_policy, "what units do while they have no work")
        .choices({{"always_on", IdlePolicy::always_on},
                  {"clock_gated", IdlePolicy::clock_gated},
                  {"power_gated", IdlePolicy::power_gated}});
    s.check(check_units);
    return s;
  }();
  return schema;
}

}  // namespace aimc::sim
