#pragma once
#include <string>
#include <vector>

#include "base/config/node.h"
#include "base/config/provenance.h"
#include "base/config/schema.h"
#include "sim/ledger/energy_table.h"
#include "sim/program/hardware_spec.h"

namespace aimc::sim {

/// Hardware with its energy table, as files and overrides give them.
struct LoadedHardware {
  HardwareSpec spec;
  EnergyTable energy;
  config::ProvenanceTable provenance;
};

/// Reads a hardware preset ("hermes-64") or file with its energy table and applies overrides
/// ("hardware.tile.adc.bits=6"). Throws one ConfigError that lists every mistake.
LoadedHardware load_hardware(const std::string& name, const std::vector<std::string>& overrides);

/// Reads what stands under `hardware` in a document whose presets are in place.
void parse_hardware(config::Node hardware, HardwareSpec& spec, EnergyTable& energy, config::ParseContext& context);

}  // namespace aimc::sim
