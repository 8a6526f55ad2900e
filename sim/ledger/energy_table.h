#pragma once
#include <map>
#include <string>

#include "base/config/provenance.h"
#include "base/counts/action.h"
#include "base/units/quantity.h"

namespace aimc::sim {

/// How the energy of an action follows the hardware: converters follow their bits by
/// E(b) = E_ref (a + (1 - a) 2^(b - b_ref)), a = fixed_share (hardware 5.1).
enum class EnergyScaling : std::uint8_t { none, adc_bits, input_bits };

/// One line of the energy table: the energy of one action, or the reason why it is left out.
struct ActionEnergy {
  Energy reference;
  EnergyScaling scaling = EnergyScaling::none;
  int reference_bits = 8;
  double fixed_share = 0.5;
  std::string omitted;                                      ///< not empty: the action costs nothing here, and why
  config::ValueKind kind = config::ValueKind::unspecified;  ///< of the reference
  config::ValueKind scaling_kind = config::ValueKind::unspecified;  ///< of fixed_share
  std::string source;
};

/// Whether an action stands in the energy table. A retry does not: the actions it repeats are counted and priced.
[[nodiscard]] constexpr bool has_own_price(Action action) { return action != Action::retry; }

/// Energy of every action, from configs/energy/NAME.yaml. Every action is present or explicitly omitted; contributions
/// that are no counted action (regulator loss, DRAM refresh ...) are listed in `omitted` too, so that nothing is
/// forgotten silently.
struct EnergyTable {
  std::string name;
  std::map<Action, ActionEnergy> actions;
  std::map<std::string, std::string> omitted;  ///< what -> why
};

}  // namespace aimc::sim
