#include "sim/timing/activity.h"

#include <iterator>

#include "base/check/check.h"
#include "interconnect/sc/dram_channel_module.h"
#include "sim/program/floor_plan.h"
#include "sim/program/memory_channels.h"
#include "tiles/sc/activity_meter.h"

namespace aimc::sim {
namespace {

constexpr Component unit_components[] = {Component::crossbar_tile, Component::digital_unit, Component::attention_unit};

}  // namespace

std::vector<UnitActivity> collect_activity(const Program& program, const Playbook& book, const Machine& machine) {
  std::vector<UnitActivity> rows;
  for (std::uint32_t chip = 0; chip < program.chips; ++chip) {
    for (const Component component : unit_components) {
      rows.push_back({component, chip, units_on_chip(program.hardware.chip, component), 0, Time{}, 0});
    }
  }
  for (UnitIndex unit = 0; unit < book.units.size(); ++unit) {
    const UnitAddress& address = book.units[unit].address;
    const tiles::ActivityMeter& meter = machine.activity(unit);
    UnitActivity& row = rows[address.chip * std::size(unit_components) + static_cast<std::size_t>(address.component)];
    row.used += meter.used() ? 1 : 0;
    row.busy += meter.busy();
    row.wakes += meter.wakes();
  }
  for (std::uint32_t channel = 0; channel < machine.channels().size(); ++channel) {
    const std::uint32_t chip = chip_of_channel(program.hardware, channel);
    if (rows.back().component != Component::dram || rows.back().chip != chip) {
      rows.push_back({Component::dram, chip, 0, 0, Time{}, 0});
    }
    const interconnect::DramChannelModule& module = *machine.channels()[channel];
    rows.back().units += 1;
    rows.back().used += module.bytes() > 0 ? 1 : 0;
    rows.back().busy += module.busy();
    rows.back().wakes += module.idle_gaps();
  }
  return rows;
}

void check_activity(const Playbook& book, const Machine& machine, Time elapsed) {
  for (UnitIndex unit = 0; unit < book.units.size(); ++unit) {
    const UnitAddress& address = book.units[unit].address;
    AIMC_CHECK(machine.activity(unit).busy() <= elapsed, "{} {} of chip {} was busy longer than the run",
               name(address.component), address.index, address.chip);
  }
  for (const auto& channel : machine.channels()) {
    AIMC_CHECK(channel->busy() <= elapsed, "{} was busy longer than the run", channel->name());
  }
}

}  // namespace aimc::sim
