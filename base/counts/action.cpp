#include "base/counts/action.h"

#include "base/check/check.h"

namespace aimc {
namespace {

struct ActionRow {
  Action action;
  Component component;
  std::string_view name;
};

// In the order of the enumeration; a test compares the two.
constexpr std::array<ActionRow, action_count> table = {{
    {Action::mvm, Component::crossbar_tile, "mvm"},
    {Action::dac_conversion, Component::crossbar_tile, "dac_conversion"},
    {Action::cell_read, Component::crossbar_tile, "cell_read"},
    {Action::adc_conversion, Component::crossbar_tile, "adc_conversion"},
    {Action::affine, Component::crossbar_tile, "affine"},
    {Action::accumulate, Component::crossbar_tile, "accumulate"},
    {Action::input_register, Component::crossbar_tile, "input_register"},
    {Action::output_register, Component::crossbar_tile, "output_register"},
    {Action::retry, Component::crossbar_tile, "retry"},
    {Action::vector_operation, Component::digital_unit, "vector_operation"},
    {Action::quantize, Component::digital_unit, "quantize"},
    {Action::range_maximum, Component::digital_unit, "range_maximum"},
    {Action::digital_mac, Component::digital_unit, "digital_mac"},
    {Action::digital_sram, Component::digital_unit, "digital_sram"},
    {Action::sample, Component::digital_unit, "sample"},
    {Action::attention_mac, Component::attention_unit, "attention_mac"},
    {Action::softmax, Component::attention_unit, "softmax"},
    {Action::attention_sram, Component::attention_unit, "attention_sram"},
    {Action::kv_sram_read_byte, Component::attention_unit, "kv_sram_read_byte"},
    {Action::kv_sram_write_byte, Component::attention_unit, "kv_sram_write_byte"},
    {Action::flit_hop, Component::network, "flit_hop"},
    {Action::chip_link_byte, Component::chip_link, "chip_link_byte"},
    {Action::kv_read_byte, Component::dram, "kv_read_byte"},
    {Action::kv_write_byte, Component::dram, "kv_write_byte"},
    {Action::weight_read_byte, Component::dram, "weight_read_byte"},
    {Action::embedding_read_byte, Component::dram, "embedding_read_byte"},
}};

constexpr std::array<std::string_view, 6> component_names = {"crossbar_tile", "digital_unit", "attention_unit",
                                                             "network",       "chip_link",    "dram"};

constexpr std::array<Action, action_count> actions = [] {
  std::array<Action, action_count> all{};
  for (int i = 0; i < action_count; ++i) all[i] = static_cast<Action>(i);
  return all;
}();

const ActionRow& row(Action action) {
  const auto index = static_cast<std::size_t>(action);
  AIMC_CHECK(index < table.size(), "action {}", index);
  return table[index];
}

}  // namespace

Component component_of(Action action) { return row(action).component; }

std::string_view name(Component component) {
  const auto index = static_cast<std::size_t>(component);
  AIMC_CHECK(index < component_names.size(), "component {}", index);
  return component_names[index];
}

std::string_view name(Action action) { return row(action).name; }

std::span<const Action> all_actions() { return actions; }

}  // namespace aimc
