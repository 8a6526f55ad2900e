#include "base/config/schema.h"
#include "sim/ledger/load_energy_table.h"

namespace aimc::sim {
namespace {

using config::SchemaCore;
using config::SectionSpec;

constexpr Component all_components[] = {Component::crossbar_tile, Component::digital_unit, Component::attention_unit,
                                        Component::network,       Component::chip_link,    Component::dram};

std::shared_ptr<SchemaCore> table_schema() {
  return std::make_shared<SchemaCore>([] { return std::static_pointer_cast<void>(std::make_shared<EnergyTable>()); });
}

config::Schema<ActionEnergy> action_schema() {
  config::Schema<ActionEnergy> s;
  s.key("energy", &ActionEnergy::reference, "energy of one action, at reference_bits where it follows bits");
  s.key("scaling", &ActionEnergy::scaling,
        "the bits that the energy follows: E (a + (1 - a) 2^(bits - reference_bits))")
      .choices({{"none", EnergyScaling::none},
                {"adc_bits", EnergyScaling::adc_bits},
                {"input_bits", EnergyScaling::input_bits}});
  s.key("reference_bits", &ActionEnergy::reference_bits, "bits at which the energy holds").range(1, 32);
  s.key("fixed_share", &ActionEnergy::fixed_share, "a: the share of the energy that does not follow the bits")
      .range(0, 1);
  s.key("omitted", &ActionEnergy::omitted, "why the action costs nothing here");
  return s;
}

/// A mapping inside the table that is a view of the same object: actions, and the actions of one component.
SectionSpec view(std::string name, std::string sentence, std::shared_ptr<const SchemaCore> schema) {
  SectionSpec spec;
  spec.name = std::move(name);
  spec.sentence = std::move(sentence);
  spec.required = true;
  spec.schema = std::move(schema);
  spec.open = [](void* object, const std::string&) { return object; };
  spec.parts = [](const void* object) { return std::vector<std::pair<std::string, const void*>>{{"", object}}; };
  return spec;
}

SectionSpec action_section(Action action, std::shared_ptr<const SchemaCore> schema) {
  SectionSpec spec = view(std::string(name(action)), "energy of this action, or why it is omitted", std::move(schema));
  spec.open = [action](void* object, const std::string&) -> void* {
    return &static_cast<EnergyTable*>(object)->actions[action];
  };
  spec.parts = [action](const void* object) {
    std::vector<std::pair<std::string, const void*>> parts;
    const auto& actions = static_cast<const EnergyTable*>(object)->actions;
    if (const auto found = actions.find(action); found != actions.end()) parts.emplace_back("", &found->second);
    return parts;
  };
  return spec;
}

std::shared_ptr<SchemaCore> actions_schema() {
  const auto entry = action_schema().core();
  const auto actions = table_schema();
  for (const Component component : all_components) {
    const auto of_component = table_schema();
    for (const Action action : all_actions())
      if (component_of(action) == component && has_own_price(action))
        of_component->add_section(action_section(action, entry));
    actions->add_section(view(std::string(name(component)), "actions of this component", of_component));
  }
  return actions;
}

/// A text of the table's list of contributions that are no counted action.
config::KeySpec contribution_key(const std::string& what, const std::string& sentence) {
  config::KeySpec spec;
  spec.name = what;
  spec.sentence = sentence;
  spec.type = config::value_type<std::string>();
  spec.required = true;
  spec.store = [what](void* object, const std::vector<config::Value>& values) {
    static_cast<EnergyTable*>(object)->omitted[what] = std::get<std::string>(values.front());
  };
  spec.load = [what](const void* object) {
    const auto& omitted = static_cast<const EnergyTable*>(object)->omitted;
    const auto found = omitted.find(what);
    return found == omitted.end() ? std::vector<config::Value>{} : std::vector<config::Value>{found->second};
  };
  return spec;
}

std::shared_ptr<SchemaCore> omitted_schema() {
  const auto omitted = table_schema();
  omitted->add_key(contribution_key("regulator_loss", "losses of voltage regulators: why they are left out"));
  omitted->add_key(
      contribution_key("dram_refresh", "refresh of the memory: where it is counted, or why it is left out"));
  omitted->add_key(contribution_key("phy_idle", "idle links: where they are counted, or why they are left out"));
  omitted->add_key(contribution_key("programming", "writing the weights: why it is left out"));
  omitted->add_key(contribution_key("retries", "MVMs repeated for their range: why they are left out"));
  omitted->add_key(contribution_key("drift_compensation", "reads that measure drift: why they are left out"));
  omitted->add_key(contribution_key("wake_up", "recharging the supply of a power-gated unit: why it is left out"));
  omitted->add_key(contribution_key("host", "the host processor and its link: why they are left out"));
  return omitted;
}

}  // namespace

std::shared_ptr<const SchemaCore> energy_schema() {
  static const std::shared_ptr<const SchemaCore> schema = [] {
    const auto table = table_schema();
    config::KeySpec title;
    title.name = "name";
    title.sentence = "name of the table in reports";
    title.type = config::value_type<std::string>();
    title.required = true;
    title.store = [](void* object, const std::vector<config::Value>& values) {
      static_cast<EnergyTable*>(object)->name = std::get<std::string>(values.front());
    };
    title.load = [](const void* object) {
      return std::vector<config::Value>{static_cast<const EnergyTable*>(object)->name};
    };
    table->add_key(std::move(title));
    table->add_section(view("actions", "energy of every action, by component", actions_schema()));
    table->add_section(view("omitted", "contributions that are no counted action", omitted_schema()));
    return table;
  }();
  return schema;
}

}  // namespace aimc::sim
