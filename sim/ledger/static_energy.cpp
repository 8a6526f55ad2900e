#include <fmt/format.h>

#include <algorithm>

#include "base/check/check.h"
#include "interconnect/topology/chip_grid.h"
#include "sim/ledger/kind_of_constant.h"
#include "sim/ledger/pricing.h"
#include "sim/program/floor_plan.h"
#include "sim/program/memory_channels.h"

namespace aimc::sim {
namespace {

using config::ProvenanceTable;

struct IdleUnit {
  const IdlePower* power = nullptr;
  const char* section = "";
  bool pays_while_busy = false;  ///< the energies of its actions hold neither leakage nor clock
};

IdleUnit idle_unit(const HardwareSpec& hardware, Component component) {
  switch (component) {
    case Component::crossbar_tile:
      return {&hardware.tile.idle, "tile"};
    case Component::digital_unit:
      return {&hardware.digital.idle, "digital", true};
    case Component::attention_unit:
      return {&hardware.attention.idle, "attention", true};
    case Component::network:
    case Component::chip_link:
    case Component::dram:
      return {};  // no idle policy: drawn always, below
  }
  AIMC_CHECK(false, "no such component: {}", static_cast<int>(component));
  return {};
}

Energy wake_energy(const WakeEnergy& wake, Component component) {
  return component == Component::crossbar_tile  ? wake.crossbar_tile
         : component == Component::digital_unit ? wake.digital_unit
                                                : wake.attention_unit;
}

/// One router at every place of each chip's floor plan.
std::int64_t routers(const Program& program) {
  const interconnect::Grid grid = FloorPlan(program.hardware.chip).grid();
  return std::int64_t{grid.width} * grid.height * program.chips;
}

}  // namespace

std::vector<StaticEnergy> static_energy(const std::vector<ComponentTime>& times, Time elapsed, const Program& program,
                                        IdlePolicy policy, const EnergyTable& table,
                                        const ProvenanceTable& provenance) {
  const HardwareSpec& hardware = program.hardware;
  std::vector<StaticEnergy> parts;
  const auto add = [&](const std::string& what, Energy energy, const std::string& group, const std::string& key) {
    parts.push_back({what, energy, kind_of_constant(provenance, key), group, key});
  };
  for (const ComponentTime& time : times) {
    const IdleUnit unit = idle_unit(hardware, time.component);
    if (unit.power == nullptr) continue;
    // In seconds: units x elapsed of large packages would overflow whole picoseconds.
    const double idle = static_cast<double>(time.units) * elapsed.seconds() - time.busy.seconds();
    AIMC_CHECK(idle >= -1e-9 * elapsed.seconds(), "{}: busy {} s in {} units x {} s", name(time.component),
               time.busy.seconds(), time.units, elapsed.seconds());
    const std::string component(name(time.component));
    const auto part = [&](const char* when, IdlePolicy power, double seconds) {
      add(component + when, Energy(unit.power->under(power).si() * seconds), component + " static",
          fmt::format("hardware.{}.idle.{}", unit.section, name(power)));
    };
    part(" idle", policy, std::max(idle, 0.0));
    if (unit.pays_while_busy) part(" busy", IdlePolicy::always_on, time.busy.seconds());
    if (policy == IdlePolicy::power_gated)
      add(component + " wake-up", static_cast<double>(time.wakes) * wake_energy(table.wake, time.component),
          component + " wake-up", "hardware.energy.wake." + component);
  }
  // Constants of one supplier are wrong together: refresh and background of the memory.
  const auto always = [&](const char* what, const char* group, std::int64_t units, Power power, const char* key) {
    add(what, static_cast<double>(units) * (power * elapsed), group, key);
  };
  always("router", "router static", routers(program), hardware.network.idle_per_router,
         "hardware.network.idle_per_router");
  always("chip link", "chip link static", interconnect::ChipGrid(program.chips).neighbours(),
         hardware.chip_link.idle_per_link, "hardware.chip_link.idle_per_link");
  const std::int64_t channels = memory_channels(hardware, program.chips);
  always("dram background", "dram static", channels, hardware.dram.background_per_channel,
         "hardware.dram.background_per_channel");
  if (hardware.dram.refresh_per_channel > Power{})
    always("dram refresh", "dram static", channels, hardware.dram.refresh_per_channel,
           "hardware.dram.refresh_per_channel");
  always("chip other", "chip other", program.chips, hardware.chip.static_power, "hardware.chip.static_power");
  return parts;
}

}  // namespace aimc::sim
