#include "sim/ledger/kind_of_constant.h"
#include "sim/ledger/pricing.h"

namespace aimc::sim {

AreaReport area_of(const Program& program, const config::ProvenanceTable& provenance, const EnergyTable& table) {
  const HardwareSpec& hardware = program.hardware;
  const ChipSpec& chip = hardware.chip;
  AreaReport report;
  const auto add = [&](const char* what, std::int64_t units_per_chip, Area area, const char* key) {
    const Area per_chip = static_cast<double>(units_per_chip) * area;
    const auto chips = static_cast<std::int64_t>(program.chips);
    report.parts.push_back(
        {what, units_per_chip * chips, static_cast<double>(chips) * per_chip, kind_of_constant(provenance, key)});
    report.per_chip += per_chip;
    report.total += report.parts.back().area;
  };
  add("crossbar_tile", chip.tiles, hardware.tile.area, "hardware.tile.area");
  add("digital_unit", chip.digital_units, hardware.digital.area, "hardware.digital.area");
  add("attention_unit", chip.attention_units, hardware.attention.area, "hardware.attention.area");
  if (hardware.attention.kv_memory == tiles::KvMemory::sram) {
    constexpr double mebibyte = 1 << 20;
    add("kv sram", chip.attention_units,
        static_cast<double>(hardware.attention.sram_capacity.bytes()) / mebibyte * table.kv_sram_per_mib,
        "hardware.energy.kv_sram_per_mib");
  }
  add("chip other", 1, chip.other_area, "hardware.chip.other_area");
  return report;
}

}  // namespace aimc::sim
