#include <algorithm>
#include <cmath>

#include "base/check/check.h"
#include "sim/ledger/pricing.h"
#include "tiles/spec/mvm_passes.h"

namespace aimc::sim {
namespace {

using config::ValueKind;

/// Bits of each of the actions of an MVM, which happen equally often: a pulse is as long as the codes of its pass.
std::vector<int> scaling_bits(const ActionEnergy& action, const HardwareSpec& hardware) {
  std::vector<int> bits;
  switch (action.scaling) {
    case EnergyScaling::none:
      return {action.reference_bits};
    case EnergyScaling::adc_bits:
      return {hardware.tile.adc.bits};
    case EnergyScaling::input_bits:
      for (const tiles::InputPass& pass : tiles::input_passes(hardware.tile)) bits.push_back(pass.bits + 1);  // a sign
      return bits;
  }
  AIMC_CHECK(false, "no such scaling: {}", static_cast<int>(action.scaling));
  return {};
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
  const std::vector<int> bits = scaling_bits(action, hardware);
  double growth = 0;
  for (const int each : bits) growth += std::ldexp(1.0, each - action.reference_bits);
  const double fixed = action.fixed_share;
  return action.reference * (fixed + (1 - fixed) * growth / static_cast<double>(bits.size()));
}

ValueKind kind_of(const ActionEnergy& action, const HardwareSpec& hardware) {
  const std::vector<int> bits = scaling_bits(action, hardware);
  const auto unscaled = [&](int each) { return each == action.reference_bits; };
  if (std::all_of(bits.begin(), bits.end(), unscaled)) return action.kind;
  return doubt(action.scaling_kind) > doubt(action.kind) ? action.scaling_kind : action.kind;
}

}  // namespace aimc::sim
