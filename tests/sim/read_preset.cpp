#include "read_preset.h"

#include "sim/ledger/load_energy_table.h"
#include "sim/program/load_hardware.h"

namespace aimc::sim {
namespace {

config::Node take(config::Node& map, const std::string& key) {
  config::Node* place = map.find(key);
  if (place == nullptr) return {};
  config::Node taken = *place;
  std::erase_if(map.entries, [&](const auto& entry) { return entry.first == key; });
  return taken;
}

}  // namespace

Preset read_preset(const std::string& name, const std::vector<std::string>& overrides) {
  const std::filesystem::path configs = std::filesystem::path(AIMC_SOURCE_DIR) / "configs";
  config::Diagnostics diagnostics;
  config::Node root;
  root.kind = config::Node::Kind::map;
  root.entries.emplace_back("hardware", config::read_yaml_file(configs / "hardware" / (name + ".yaml"), diagnostics));
  diagnostics.throw_if_any();
  config::Node& energy = *root.find("hardware")->find("energy");
  energy = config::read_yaml_file(configs / "energy" / (energy.scalar + ".yaml"), diagnostics);
  for (const std::string& assignment : overrides) config::apply_override(root, assignment, diagnostics);
  Preset preset;
  config::ParseContext context{diagnostics, preset.provenance};
  const config::Node energy_node = take(*root.find("hardware"), "energy");
  hardware_schema().parse(*root.find("hardware"), "hardware", preset.hardware, context);
  parse_energy_table(energy_node, "hardware.energy", preset.energy, context);
  diagnostics.throw_if_any();
  return preset;
}

}  // namespace aimc::sim
