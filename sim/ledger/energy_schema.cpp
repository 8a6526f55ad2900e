#include <fmt/format.h>

#include "base/config/schema.h"
#include "sim/ledger/cost_model_schemas.h"
#include "sim/ledger/coverage.h"
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
  s.key("included_in", &ActionEnergy::included_in, "which other energy contains this action's");
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
  SectionSpec spec = view(std::string(name(action)),
                          "energy of this action, where it is included, or why it is omitted", std::move(schema));
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

using Texts = std::map<std::string, std::string>;

/// A text of one of the table's two lists of contributions that are no counted action.
config::KeySpec contribution_key(const std::string& what, const std::string& sentence, Texts EnergyTable::* list) {
  config::KeySpec spec;
  spec.name = what;
  spec.sentence = sentence;
  spec.type = config::value_type<std::string>();
  spec.count = config::KeySpec::Count::optional;
  spec.store = [what, list](void* object, const std::vector<config::Value>& values) {
    Texts& texts = static_cast<EnergyTable*>(object)->*list;
    if (values.empty())
      texts.erase(what);
    else
      texts[what] = std::get<std::string>(values.front());
  };
  spec.load = [what, list](const void* object) {
    const Texts& texts = static_cast<const EnergyTable*>(object)->*list;
    const auto found = texts.find(what);
    return found == texts.end() ? std::vector<config::Value>{} : std::vector<config::Value>{found->second};
  };
  return spec;
}

std::shared_ptr<SchemaCore> contributions_schema(Texts EnergyTable::* list, const std::string& question) {
  const auto schema = table_schema();
  for (const auto& [what, sentence] : contributions())
    schema->add_key(contribution_key(what, fmt::format("{}: {}", sentence, question), list));
  return schema;
}

}  // namespace

const config::Schema<EnergyTable>& energy_schema() {
  static const config::Schema<EnergyTable> schema = [] {
    config::Schema<EnergyTable> s;
    s.key("name", &EnergyTable::name, "name of the table in reports").required();
    s.section(view("actions", "energy of every action, by component", actions_schema()));
    s.section("adc", &EnergyTable::adc, adc_energy_schema(), "what prices the column converters");
    s.section("node_scaling", &EnergyTable::node_scaling, node_scaling_schema(),
              "carries digital energies to another technology");
    s.section("uncertainty", &EnergyTable::uncertainty, uncertainty_schema(),
              "how far constants without an uncertainty of their own may be off");
    s.section("programming", &EnergyTable::programming, programming_schema(), "writing the weights, once a model");
    s.section("wake", &EnergyTable::wake, wake_energy_schema(), "energy of leaving power_gated");
    s.key("kv_sram_per_mib", &EnergyTable::kv_sram_per_mib,
          "area of a MiB of SRAM for the KV cache, besides attention.area; used with attention.kv_memory sram");
    s.key("regulator_efficiency", &EnergyTable::regulator_efficiency,
          "energy that reaches chips and memories / energy drawn; 1 leaves the losses out")
        .range(0.05, 1);
    SectionSpec omitted = view("omitted", "contributions that are left out",
                               contributions_schema(&EnergyTable::omitted, "why they are left out"));
    SectionSpec included = view("included_in", "contributions that another energy contains",
                                contributions_schema(&EnergyTable::included_in, "where they are counted"));
    omitted.required = included.required = false;
    s.section(std::move(omitted));
    s.section(std::move(included));
    return s;
  }();
  return schema;
}

}  // namespace aimc::sim
