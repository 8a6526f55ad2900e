#include "sim/experiment/hardware_file.h"

#include "sim/ledger/load_energy_table.h"
#include "sim/program/document.h"
#include "sim/program/load_hardware.h"

namespace aimc::sim {
namespace {

using config::Node;

// Takes a key out of a mapping, so that another schema reads it.
Node take(Node& map, const std::string& key) {
  Node* place = map.find(key);
  if (place == nullptr) return {};
  Node taken = *place;
  std::erase_if(map.entries, [&](const auto& entry) { return entry.first == key; });
  return taken;
}

}  // namespace

void parse_hardware(Node hardware, HardwareSpec& spec, EnergyTable& energy, config::ParseContext& context) {
  if (hardware.kind != Node::Kind::map) return;  // missing or unknown: reported already
  const Node table = take(hardware, "energy");
  hardware_schema().parse(hardware, "hardware", spec, context);
  if (table.kind != Node::Kind::map) {
    if (context.diagnostics.ok())
      context.diagnostics.error(hardware.origin, "hardware.energy", "name an energy table (hermes-64)");
    return;
  }
  parse_energy_table(table, "hardware.energy", energy, context);
}

LoadedHardware load_hardware(const std::string& name, const std::vector<std::string>& overrides) {
  config::Diagnostics diagnostics;
  LoadedHardware loaded;
  const Node root = read_hardware_document(name, overrides, diagnostics);
  config::ParseContext context{diagnostics, loaded.provenance};
  if (const Node* hardware = root.find("hardware")) {
    if (hardware->kind != Node::Kind::map && diagnostics.ok())
      diagnostics.error({name, 0}, "hardware", "a hardware file is a mapping with tile, digital, chip ...");
    parse_hardware(*hardware, loaded.spec, loaded.energy, context);
  }
  diagnostics.throw_if_any();
  return loaded;
}

}  // namespace aimc::sim
