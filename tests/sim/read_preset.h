#pragma once
#include <string>
#include <vector>

#include "base/config/provenance.h"
#include "sim/ledger/energy_table.h"
#include "sim/program/hardware_spec.h"

namespace aimc::sim {

/// A hardware preset with the energy table it names, overrides ("hardware.tile.input.bits=6") applied.
struct Preset {
  HardwareSpec hardware;
  EnergyTable energy;
  config::ProvenanceTable provenance;
};

/// Throws ConfigError with every mistake.
Preset read_preset(const std::string& name, const std::vector<std::string>& overrides = {});

}  // namespace aimc::sim
