#include "read_preset.h"

#include "sim/experiment/hardware_file.h"

namespace aimc::sim {

Preset read_preset(const std::string& name, const std::vector<std::string>& overrides) {
  LoadedHardware loaded = load_hardware(name, overrides);
  return {std::move(loaded.spec), std::move(loaded.energy), std::move(loaded.provenance)};
}

}  // namespace aimc::sim
