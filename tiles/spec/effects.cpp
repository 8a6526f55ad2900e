#include "tiles/spec/effects.h"

#include <array>

#include "base/check/check.h"

namespace aimc::tiles {
namespace {

struct Row {
  Effect effect;
  std::string_view name;
};

// In the order of the enumeration.
constexpr std::array<Row, effect_count> table{{{Effect::input_rounding, "input_rounding"},
                                               {Effect::input_clipping, "input_clipping"},
                                               {Effect::output_rounding, "output_rounding"},
                                               {Effect::output_clipping, "output_clipping"},
                                               {Effect::programming_noise, "programming_noise"},
                                               {Effect::read_noise, "read_noise"},
                                               {Effect::drift, "drift"},
                                               {Effect::faults, "faults"},
                                               {Effect::input_noise, "input_noise"},
                                               {Effect::input_asymmetry, "input_asymmetry"},
                                               {Effect::ir_drop, "ir_drop"},
                                               {Effect::array_read_noise, "array_read_noise"},
                                               {Effect::voltage_offset, "voltage_offset"},
                                               {Effect::output_nonlinearity, "output_nonlinearity"},
                                               {Effect::output_asymmetry, "output_asymmetry"},
                                               {Effect::output_noise, "output_noise"},
                                               {Effect::column_spread, "column_spread"}}};

constexpr std::array<Effect, effect_count> effects = [] {
  std::array<Effect, effect_count> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<Effect>(i);
  return all;
}();

}  // namespace

std::string_view name(Effect effect) {
  const auto index = static_cast<std::size_t>(effect);
  AIMC_CHECK(index < table.size() && table[index].effect == effect, "effect {}", index);
  return table[index].name;
}

std::optional<Effect> find_effect(std::string_view name) {
  for (const Row& row : table)
    if (row.name == name) return row.effect;
  return std::nullopt;
}

std::span<const Effect> all_effects() { return effects; }

}  // namespace aimc::tiles
