#include "sim/program/document.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>

namespace aimc::sim {
namespace {

namespace fs = std::filesystem;
using config::Diagnostics;
using config::Node;

// Folders that may hold configs/<kind>: beside the file that asks, the user's own, the project's.
std::vector<fs::path> preset_folders(const std::string& kind, const fs::path& relative_to) {
  std::vector<fs::path> folders{relative_to / ".." / kind, relative_to / kind};
  if (const char* own = std::getenv("AIMCSIM_CONFIGS")) folders.emplace_back(fs::path(own) / kind);
  folders.emplace_back(fs::path(AIMC_CONFIG_DIR) / kind);
  return folders;
}

std::vector<std::string> known_presets(const std::vector<fs::path>& folders) {
  std::vector<std::string> names;
  for (const auto& folder : folders) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
      if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// Replaces `owner`.key (a name, or a mapping with `preset`) by the file's content with the mapping's own keys over it.
void expand_preset(Node& owner, const std::string& key, const std::string& kind, const fs::path& relative_to,
                   Diagnostics& diagnostics, fs::path* found) {
  Node* place = owner.find(key);
  if (place == nullptr) return;
  Node over;
  Node name = *place;
  if (place->kind == Node::Kind::map) {
    const Node* preset = place->find("preset");
    if (preset == nullptr) return;  // written out in full
    over = *place;
    std::erase_if(over.entries, [](const auto& entry) { return entry.first == "preset"; });
    name = *preset;
  }
  if (name.kind != Node::Kind::scalar) return;  // the schema reports the type
  const fs::path file = find_preset(name.scalar, kind, relative_to, name.origin, diagnostics);
  if (file.empty()) {
    *place = Node{};
    return;
  }
  Node content = config::read_yaml_file(file, diagnostics);
  *found = file;
  *place = over.kind == Node::Kind::map ? config::merged(content, over) : content;
}

bool chooses_preset(const std::string& assignment) {
  const std::string key = assignment.substr(0, assignment.find('='));
  return key == "hardware" || key == "hardware.preset" || key == "hardware.energy";
}

Node text_node(const std::string& text, const config::Origin& origin) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.scalar = text;
  node.quoted = true;
  node.origin = origin;
  return node;
}

Node container(Node::Kind kind, const config::Origin& origin) {
  Node node;
  node.kind = kind;
  node.origin = origin;
  return node;
}

// `units: {lm_head: digital}` and a deployment written as a bare name become the mappings the schema knows.
void expand_deployments(Node& root) {
  Node* deployments = root.find("deployments");
  if (deployments == nullptr || deployments->kind != Node::Kind::list) return;
  for (Node& item : deployments->items) {
    if (item.kind == Node::Kind::scalar) {
      const Node alias = item;
      item = container(Node::Kind::map, alias.origin);
      item.entries.emplace_back("alias", alias);
    }
    Node* units = item.find("units");
    if (units == nullptr || units->kind != Node::Kind::map) continue;
    Node rules = container(Node::Kind::list, units->origin);
    for (const auto& [match, unit] : units->entries) {
      Node rule = container(Node::Kind::map, unit.origin);
      rule.entries.emplace_back("match", text_node(match, unit.origin));
      rule.entries.emplace_back("unit", unit);
      rules.items.push_back(std::move(rule));
    }
    *units = rules;
  }
}

// The models that an energy table names (or, where it says nothing, the project's) in place of their names; what the
// table itself says of a model is laid over it.
void expand_cost_models(Node& energy, const fs::path& energy_file, Diagnostics& diagnostics) {
  const auto expand = [&](Node& owner, const std::string& key, const std::string& model) {
    if (owner.kind == Node::Kind::null) owner = container(Node::Kind::map, energy.origin);
    if (owner.kind != Node::Kind::map) return;  // the schema reports the type
    if (owner.find(key) == nullptr) owner.entries.emplace_back(key, text_node(model, owner.origin));
    Node& place = *owner.find(key);
    if (place.kind == Node::Kind::map && place.find("preset") == nullptr)
      place.entries.emplace_back("preset", text_node(model, owner.origin));
    fs::path found;
    expand_preset(owner, key, "energy/models", energy_file.parent_path(), diagnostics, &found);
  };
  const auto section = [&](const std::string& key) -> Node& {
    if (energy.find(key) == nullptr) energy.entries.emplace_back(key, container(Node::Kind::map, energy.origin));
    return *energy.find(key);
  };
  expand(section("adc"), "fit", "adc_survey");
  expand(section("node_scaling"), "factors", "technologies");
  expand(energy, "uncertainty", "uncertainty");
}

// Hardware and energy table in place of their names, then the other overrides. `file`: what names them.
void put_presets_in_place(Node& root, const fs::path& file, const std::vector<std::string>& overrides,
                          Diagnostics& diagnostics) {
  for (const auto& assignment : overrides)
    if (chooses_preset(assignment) && !assignment.starts_with("hardware.energy"))
      config::apply_override(root, assignment, diagnostics);
  fs::path hardware_file = file;
  expand_preset(root, "hardware", "hardware", file.parent_path(), diagnostics, &hardware_file);
  for (const auto& assignment : overrides)
    if (assignment.starts_with("hardware.energy=")) config::apply_override(root, assignment, diagnostics);
  fs::path energy_file;
  if (Node* hardware = root.find("hardware"); hardware != nullptr && hardware->kind == Node::Kind::map)
    expand_preset(*hardware, "energy", "energy", hardware_file.parent_path(), diagnostics, &energy_file);
  if (Node* hardware = root.find("hardware"); hardware != nullptr && hardware->kind == Node::Kind::map)
    if (Node* energy = hardware->find("energy"); energy != nullptr && energy->kind == Node::Kind::map)
      expand_cost_models(*energy, energy_file, diagnostics);
  for (const auto& assignment : overrides)
    if (!chooses_preset(assignment)) config::apply_override(root, assignment, diagnostics);
}

}  // namespace

fs::path find_preset(const std::string& name, const std::string& kind, const fs::path& relative_to,
                     const config::Origin& origin, Diagnostics& diagnostics) {
  if (name.ends_with(".yaml") || name.find('/') != std::string::npos) {
    fs::path file = relative_to / name;
    if (fs::is_regular_file(file)) return file;
    diagnostics.error(origin, kind, fmt::format("there is no file '{}'", file.lexically_normal().string()));
    return {};
  }
  const auto folders = preset_folders(kind, relative_to);
  for (const auto& folder : folders)
    if (fs::is_regular_file(folder / (name + ".yaml"))) return folder / (name + ".yaml");
  diagnostics.error(origin, kind,
                    fmt::format("there is no {} preset '{}'; known: {} (or give a path ending in .yaml)", kind, name,
                                fmt::join(known_presets(folders), ", ")));
  return {};
}

Node read_experiment_document(const fs::path& file, const std::vector<std::string>& overrides,
                              Diagnostics& diagnostics) {
  Node root = config::read_yaml_file(file, diagnostics);
  if (root.kind != Node::Kind::map) return root;
  put_presets_in_place(root, file, overrides, diagnostics);
  expand_deployments(root);
  return root;
}

Node read_hardware_document(const std::string& name, const std::vector<std::string>& overrides,
                            Diagnostics& diagnostics) {
  for (const auto& assignment : overrides)
    if (!assignment.starts_with("hardware."))
      diagnostics.error({"--set", 0}, assignment.substr(0, assignment.find('=')),
                        "only keys of the hardware can be set here, for example hardware.tile.adc.bits=6");
  Node root = container(Node::Kind::map, {"--hardware", 0});
  root.entries.emplace_back("hardware", text_node(name, root.origin));
  if (diagnostics.ok()) put_presets_in_place(root, {}, overrides, diagnostics);
  return root;
}

}  // namespace aimc::sim
