#include "sim/ledger/load_energy_table.h"

#include <fmt/format.h>

#include "sim/ledger/coverage.h"

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
  if (!action.omitted.empty() && !action.included_in.empty()) {
    context.diagnostics.error(node.origin, path, "is omitted and included elsewhere; keep one of the two");
    return;
  }
  if (energy == nullptr && action.has_price()) {
    context.diagnostics.error(
        node.origin, path,
        "has no energy; give one, say which other energy contains it with included_in:, or why it "
        "is left out with omitted:");
    return;
  }
  if (energy == nullptr) return;
  if (!action.has_price() && energy->kind != ValueKind::user) {
    context.diagnostics.error(node.origin, path,
                              "has an energy and is omitted or included elsewhere; keep one of the two");
    return;
  }
  action.omitted.clear();
  action.included_in.clear();
  action.kind = energy->kind;
  action.source = energy->source;
  action.uncertainty = energy->uncertainty;
  if (const config::Provenance* share = find(context.provenance, path + ".fixed_share"))
    action.scaling_kind = share->kind;
}

/// The user's own energy of a conversion and the survey's model exclude each other.
void check_adc_model(const Node& node, const std::string& key_path, const EnergyTable& table,
                     config::ParseContext& context) {
  const auto adc = table.actions.find(Action::adc_conversion);
  if (table.adc.model != AdcModel::survey || adc == table.actions.end()) return;
  if (adc->second.kind == ValueKind::user)
    context.diagnostics.error(
        node.origin, config::join_path(key_path, "adc.model"),
        "the survey's model would replace the energy set for adc_conversion; keep one of the two");
  if (!adc->second.has_price())
    context.diagnostics.error(node.origin, config::join_path(key_path, "adc.model"),
                              "adc_conversion is priced elsewhere in this table, so no model can price it");
}

/// Each contribution is counted somewhere or left out for a reason; what the table itself prices needs no word.
void check_contributions(const Node& node, const std::string& key_path, const EnergyTable& table,
                         config::ParseContext& context) {
  for (const auto& [what, sentence] : contributions()) {
    const bool included = table.included_in.contains(what), omitted = table.omitted.contains(what);
    if (included && omitted)
      context.diagnostics.error(node.origin, config::join_path(key_path, "omitted." + what),
                                "is omitted and included elsewhere; keep one of the two");
    if (!included && !omitted && !priced_by(table, what))
      context.diagnostics.error(node.origin, key_path,
                                fmt::format("the key 'omitted.{}' is missing: {}, why they are left out (or "
                                            "included_in.{}: where they are counted)",
                                            what, sentence, what));
  }
}

}  // namespace

void parse_energy_table(const Node& node, const std::string& key_path, EnergyTable& table,
                        config::ParseContext& context) {
  const std::size_t errors_before = context.diagnostics.messages().size();
  energy_schema().parse(node, key_path, table, context);
  check_contributions(node, key_path, table, context);
  if (context.diagnostics.messages().size() > errors_before) return;
  for (auto& [action, energy] : table.actions) {
    const std::string component(name(component_of(action))), action_name(name(action));
    const std::string path =
        config::join_path(config::join_path(config::join_path(key_path, "actions"), component), action_name);
    finish_action(*find_action(node, action), path, energy, context);
  }
  check_adc_model(node, key_path, table, context);
}

}  // namespace aimc::sim
