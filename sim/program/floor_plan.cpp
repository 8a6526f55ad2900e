#include "sim/program/floor_plan.h"

#include <algorithm>

#include "base/check/check.h"

namespace aimc::sim {

FloorPlan::FloorPlan(const ChipSpec& chip)
    : places_(std::max({chip.tiles, chip.digital_units, chip.attention_units, std::int64_t{1}})),
      digital_units_(chip.digital_units),
      attention_units_(chip.attention_units),
      grid_(interconnect::square_grid(places_)),
      mesh_(grid_) {}

interconnect::MeshNode FloorPlan::node_of(const UnitAddress& unit) const {
  switch (unit.component) {
    case Component::crossbar_tile:
      return mesh_.snake(unit.index);
    case Component::digital_unit:
      return spread(unit.index, digital_units_);
    case Component::attention_unit:
      return spread(unit.index, attention_units_);
    default:
      AIMC_CHECK(false, "a {} has no place on the network", name(unit.component));
      return 0;
  }
}

interconnect::MeshNode FloorPlan::spread(std::int64_t index, std::int64_t count) const {
  AIMC_CHECK(index < count, "unit {} of {}", index, count);
  return mesh_.snake(static_cast<std::uint32_t>((2 * index + 1) * places_ / (2 * count)));
}

std::int64_t units_on_chip(const ChipSpec& chip, Component component) {
  switch (component) {
    case Component::crossbar_tile:
      return chip.tiles;
    case Component::digital_unit:
      return chip.digital_units;
    case Component::attention_unit:
      return chip.attention_units;
    default:
      return 0;
  }
}

}  // namespace aimc::sim
