#include <algorithm>
#include <cmath>

#include "base/check/check.h"
#include "sim/ledger/pricing.h"

namespace aimc::sim {
namespace {

using config::ValueKind;

int scaling_bits(const ActionEnergy& action, const HardwareSpec& hardware) {
  switch (action.scaling) {
    case EnergyScaling::none:
      return action.reference_bits;
    case EnergyScaling::adc_bits:
      return hardware.tile.adc.bits;
    case EnergyScaling::input_bits:
      return hardware.tile.input.bits;
  }
  AIMC_CHECK(false, "no such scaling: {}", static_cast<int>(action.scaling));
  return 0;
}

/// How much a value leaves to doubt; the user's own word stands above all, since it is what the report must show.
int doubt(ValueKind kind) {
  switch (kind) {
    case ValueKind::published:
      return 0;
    case ValueKind::derived:
      return 1;
    case ValueKind::assumed:
      return 2;
    case ValueKind::unspecified:
      return 3;
    case ValueKind::user:
      return 4;
  }
  return 3;
}

}  // namespace

Energy energy_of(const ActionEnergy& action, const HardwareSpec& hardware) {
  if (!action.omitted.empty()) return Energy{};
  const int steps = scaling_bits(action, hardware) - action.reference_bits;
  const double fixed = action.fixed_share;
  return action.reference * (fixed + (1 - fixed) * std::ldexp(1.0, steps));
}

ValueKind kind_of(const ActionEnergy& action, const HardwareSpec& hardware) {
  if (scaling_bits(action, hardware) == action.reference_bits) return action.kind;
  return doubt(action.scaling_kind) > doubt(action.kind) ? action.scaling_kind : action.kind;
}

}  // namespace aimc::sim
