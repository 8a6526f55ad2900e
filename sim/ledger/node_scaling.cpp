#include "sim/ledger/node_scaling.h"

#include <algorithm>

#include "base/check/check.h"

namespace aimc::sim {
namespace {

/// The part of the hardware whose constants an action's energy belongs to; nothing: digital logic.
std::optional<ScaledPart> part_of(Action action) {
  switch (action) {
    case Action::mvm:
    case Action::dac_conversion:
    case Action::cell_read:
    case Action::adc_conversion:
    case Action::retry:
      return ScaledPart::arrays;
    default:
      break;
  }
  switch (component_of(action)) {
    case Component::network:
      return ScaledPart::network;
    case Component::chip_link:
      return ScaledPart::chip_link;
    case Component::dram:
      return ScaledPart::dram;
    case Component::crossbar_tile:
    case Component::digital_unit:
    case Component::attention_unit:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

bool scales(const NodeScaling& scaling, Action action) {
  if (!scaling.to) return false;
  const auto part = part_of(action);
  return !part || std::find(scaling.also.begin(), scaling.also.end(), *part) != scaling.also.end();
}

double scaling_of(const NodeScaling& scaling, Action action) {
  if (!scaling.to || !scales(scaling, action)) return 1;
  const auto from = scaling.factors.find(scaling.from), to = scaling.factors.find(*scaling.to);
  AIMC_CHECK(from != scaling.factors.end() && to != scaling.factors.end(), "no factor of {} or {}", scaling.from,
             *scaling.to);
  return to->second.energy / from->second.energy;
}

}  // namespace aimc::sim
