#pragma once
#include <map>
#include <optional>
#include <string>

#include "base/config/provenance.h"
#include "base/counts/action.h"
#include "base/units/quantity.h"
#include "sim/ledger/adc_survey.h"
#include "sim/ledger/node_scaling.h"
#include "sim/ledger/programming_spec.h"
#include "sim/ledger/uncertainty.h"

namespace aimc::sim {

/// How the energy of an action follows the hardware: converters follow their bits by
/// E(b) = E_ref (a + (1 - a) 2^(b - b_ref)), a = fixed_share (hardware 5.1).
enum class EnergyScaling : std::uint8_t { none, adc_bits, input_bits };

/// One line of the energy table: the energy of one action, or the reason why it is left out, or where else it is.
struct ActionEnergy {
  Energy reference;
  EnergyScaling scaling = EnergyScaling::none;
  int reference_bits = 8;
  double fixed_share = 0.5;
  std::string omitted;      ///< not empty: the action costs nothing here, and why
  std::string included_in;  ///< not empty: the energy of something else contains it, and of what
  config::ValueKind kind = config::ValueKind::unspecified;          ///< of the reference
  config::ValueKind scaling_kind = config::ValueKind::unspecified;  ///< of fixed_share
  std::optional<config::Uncertainty> uncertainty;                   ///< of the reference, if the table says
  std::string source;
  [[nodiscard]] bool has_price() const { return omitted.empty() && included_in.empty(); }
};

/// Whether an action stands in the energy table. A retry does not: the actions it repeats are counted and priced.
[[nodiscard]] constexpr bool has_own_price(Action action) { return action != Action::retry; }

/// What a unit spends to come back from power_gated, besides its running power from then on.
struct WakeEnergy {
  Energy crossbar_tile, digital_unit, attention_unit;
};

/// Energy of every action, from configs/energy/NAME.yaml, and the models beside it. Every action has an energy, is
/// included in another or is omitted with a reason; so has every contribution that is no counted action (regulator
/// loss, DRAM refresh ...): nothing is forgotten silently.
struct EnergyTable {
  std::string name;
  std::map<Action, ActionEnergy> actions;
  std::map<std::string, std::string> omitted;      ///< contribution -> why
  std::map<std::string, std::string> included_in;  ///< contribution -> where it is counted
  AdcEnergySpec adc;
  NodeScaling node_scaling;
  UncertaintyByKind uncertainty;
  std::optional<ProgrammingSpec> programming;  ///< nothing: not priced
  WakeEnergy wake;
  Area kv_sram_per_mib;             ///< area of KV caches in SRAM, which the attention units' areas do not contain
  double regulator_efficiency = 1;  ///< energy that reaches the chips and memories / energy drawn; 1: losses left out
};

}  // namespace aimc::sim
