#pragma once
#include <string>

#include "sim/ledger/energy_table.h"
#include "sim/program/hardware_spec.h"

namespace aimc::sim {

/// What one action costs on this hardware, and what that rests on.
struct UnitPrice {
  Energy energy;  ///< zero when it is omitted or included elsewhere
  config::ValueKind kind = config::ValueKind::unspecified;
  config::Uncertainty range;
  std::string source;  ///< with what models did to the constant
};

/// The table's energy, with the bits of the hardware, the chosen ADC model and node scaling applied. A converter priced
/// by the survey's fit is derived; a scaled constant is assumed, and at least as uncertain as assumptions are.
[[nodiscard]] UnitPrice unit_price(Action action, const EnergyTable& table, const HardwareSpec& hardware);

/// Energy of one action as its line says, on this hardware (bits scaling applied; the mean over the passes of an MVM
/// where it follows input bits); zero when it has no price.
[[nodiscard]] Energy energy_of(const ActionEnergy& action, const HardwareSpec& hardware);
/// What that energy rests on: the reference, and the scaling rule too where the bits differ from the reference's.
[[nodiscard]] config::ValueKind kind_of(const ActionEnergy& action, const HardwareSpec& hardware);

}  // namespace aimc::sim
