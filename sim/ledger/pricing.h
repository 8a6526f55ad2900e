#pragma once
#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/config/provenance.h"
#include "base/counts/counts.h"
#include "sim/ledger/energy_table.h"
#include "sim/ledger/uncertainty.h"
#include "sim/ledger/unit_price.h"
#include "sim/program/program.h"

namespace aimc::sim {

/// Busy and idle unit-time, as the timing executor measured it; a plain copy so that the ledger does not know timing.
struct ComponentTime {
  Component component{};
  std::int64_t units = 0;  ///< over all chips
  Time busy;               ///< summed over the units
  std::int64_t wakes = 0;
};

/// Static energy of one component under one idle policy.
struct StaticEnergy {
  std::string what;  ///< "crossbar_tile idle", "digital_unit busy", "router", "dram background", "chip other" ...
  Energy energy;
  config::ValueKind kind = config::ValueKind::unspecified;
  std::string group;     ///< of its doubt, see Contribution
  std::string constant;  ///< key path of the power or energy it is computed from
};

struct EnergyReport {
  std::map<Action, UnitPrice> prices;  ///< what each action cost
  std::map<Action, Energy> by_action;
  std::map<Component, Energy> dynamic_by_component;
  std::vector<Energy> dynamic_by_operator;  ///< [graph nodes]
  std::map<Phase, Energy> dynamic_by_phase;
  Energy dynamic;
  std::array<std::vector<StaticEnergy>, 3> static_parts;  ///< [IdlePolicy]
  std::array<Energy, 3> static_energy;                    ///< [IdlePolicy], sum of the parts
  std::array<Energy, 3> regulator_loss;                   ///< [IdlePolicy] of the supplies, over all of the above
  std::array<Energy, 3> total;                            ///< [IdlePolicy] dynamic + static + regulator loss
  std::array<std::map<config::ValueKind, Energy>, 3>
      by_kind;                     ///< [IdlePolicy] what rests on published, derived, assumed, user
  std::array<EnergyBand, 3> band;  ///< [IdlePolicy] where the total may lie
};

/// Prices counts and idle time. `provenance` gives kinds and uncertainties of the constants (keys
/// "hardware.tile.idle.always_on" ...). Checks: parts sum to the total, no NaN, idle time not negative (InternalError).
EnergyReport price(const Counts& counts, const std::vector<ComponentTime>& times, Time elapsed, const Program& program,
                   const EnergyTable& table, const config::ProvenanceTable& provenance);

/// Energy under one policy that no action holds: units without work, busy digital and attention units (their clock runs
/// whatever the policy: always_on), wake-ups (power_gated), routers, chip links, DRAM background and refresh, the
/// chips' own. A busy tile is exempt: the measured energy of an MVM contains its leakage. `elapsed` is that of the run,
/// whatever its policy: a run under another one may take longer (wake-up). Idle time is units x elapsed - busy;
/// InternalError when it is negative.
std::vector<StaticEnergy> static_energy(const std::vector<ComponentTime>& times, Time elapsed, const Program& program,
                                        IdlePolicy policy, const EnergyTable& table,
                                        const config::ProvenanceTable& provenance);

struct AreaReport {
  struct Part {
    std::string what;
    std::int64_t units = 0;
    Area area;
    config::ValueKind kind = config::ValueKind::unspecified;
  };
  std::vector<Part> parts;  ///< over all chips
  Area per_chip, total;
};
/// Areas of the units x their number, SRAM of KV caches (kv_sram_per_mib x attention.sram_capacity), the chip's other
/// area.
AreaReport area_of(const Program& program, const config::ProvenanceTable& provenance, const EnergyTable& table = {});

/// Peak numbers of one chip with all tiles converting back to back (1 MAC = 2 ops), from the same table. They are those
/// of the tiles alone, as publications state them: tops_per_mm2 is per area of tile, static power is not in watt.
struct PeakNumbers {
  Time mvm_period;
  Energy mvm_energy;  ///< DAC, array, ADC and per-MVM actions of one full-array MVM
  double tops = 0, tops_per_watt = 0, tops_per_mm2 = 0, watt = 0;
};
PeakNumbers peak_numbers(const HardwareSpec& hardware, const EnergyTable& table, Time measured_period);

}  // namespace aimc::sim
