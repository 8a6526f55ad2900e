#include "sim/ledger/load_energy_table.h"

namespace aimc::sim {
namespace {

using config::Node;
using config::ProvenanceTable;
using config::ValueKind;

const Node* find_action(const Node& node, Action action) {
  const Node* at = &node;
  for (const std::string_view key : {std::string_view("actions"), name(component_of(action)), name(action)})
    if (at = at->find(key); at == nullptr) return nullptr;
  return at;
}

const config::Provenance* find(const ProvenanceTable& table, const std::string& path) {
  const auto found = table.find(path);
  return found == table.end() ? nullptr : &found->second;
}

/// Settles energy against omission and copies what the annotations say.
void finish_action(const Node& node, const std::string& path, ActionEnergy& action, config::ParseContext& context) {
  const config::Provenance* energy = find(context.provenance, path + ".energy");
  if (energy == nullptr && action.omitted.empty()) {
    context.diagnostics.error(node.origin, path, "has no energy; give one, or say why it is left out with omitted:");
    return;
  }
  if (energy == nullptr) return;
  if (!action.omitted.empty() && energy->kind != ValueKind::user) {
    context.diagnostics.error(node.origin, path, "has an energy and is omitted; keep one of the two");
    return;
  }
  action.omitted.clear();
  action.kind = energy->kind;
  action.source = energy->source;
  if (const config::Provenance* share = find(context.provenance, path + ".fixed_share"))
    action.scaling_kind = share->kind;
}

}  // namespace

void parse_energy_table(const Node& node, const std::string& key_path, EnergyTable& table,
                        config::ParseContext& context) {
  const std::size_t errors_before = context.diagnostics.messages().size();
  energy_schema()->parse(node, key_path, &table, context);
  if (context.diagnostics.messages().size() > errors_before) return;
  for (auto& [action, energy] : table.actions) {
    const std::string component(name(component_of(action))), action_name(name(action));
    const std::string path =
        config::join_path(config::join_path(config::join_path(key_path, "actions"), component), action_name);
    finish_action(*find_action(node, action), path, energy, context);
  }
}

}  // namespace aimc::sim
