#include "sim/mapping/unit_count.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/check/error.h"
#include "sim/mapping/traffic.h"

namespace aimc::sim {
namespace {

std::int64_t most_operators(const Traffic& traffic, Component component) {
  std::map<std::uint32_t, std::int64_t> of_chip;
  std::int64_t most = 0;
  for (std::size_t id = traffic.tiles(); id < traffic.size(); ++id) {
    const UnitAddress& unit = traffic.object(static_cast<ObjectId>(id)).unit;
    if (unit.component == component) most = std::max(most, ++of_chip[unit.chip]);
  }
  return most;
}

void refuse(const std::string& key, const std::string& units, std::int64_t given, std::int64_t usable,
            const std::string& more_work) {
  if (given <= std::max<std::int64_t>(usable, 1)) return;  // the hardware must have one
  throw ConfigError(
      fmt::format("{}: {} {} a chip are given, but no chip has work for more than {} of them and the others would only "
                  "draw power; give at most {}{}",
                  key, given, units, usable, std::max<std::int64_t>(usable, 1), more_work));
}

}  // namespace

void refuse_idle_units(const Program& program, const MappingSpec& spec) {
  if (program.steps.empty() || !(spec.digital_units_given || spec.attention_units_given)) return;
  const Traffic traffic(program);
  const ChipSpec& chip = program.hardware.chip;
  if (spec.digital_units_given)
    refuse("hardware.chip.digital_units", "digital units", chip.digital_units,
           most_operators(traffic, Component::digital_unit), "");
  if (spec.attention_units_given)
    refuse("hardware.chip.attention_units", "attention units", chip.attention_units,
           most_operators(traffic, Component::attention_unit),
           ", or let more of them share a layer (mapping.attention_units_per_layer)");
}

}  // namespace aimc::sim
