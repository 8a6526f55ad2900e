#include "sim/timing/machine.h"

#include "base/check/check.h"
#include "base/events/kernel_time.h"
#include "interconnect/sc/dram_channel_module.h"
#include "interconnect/sc/package_network_module.h"
#include "tiles/sc/attention_unit_module.h"
#include "tiles/sc/crossbar_tiles_module.h"
#include "tiles/sc/digital_unit_module.h"

namespace aimc::sim {

Machine::Machine(const Program& program, const Playbook& book, std::size_t accounts, tiles::JobOrder order,
                 tiles::JobListener& jobs, interconnect::PacketListener& packets)
    : digital_units_(book.units.size()), attention_units_(book.units.size()) {
  const HardwareSpec& hardware = program.hardware;
  tiles_ = std::make_unique<tiles::CrossbarTilesModule>("tiles", hardware.tile.idle, hardware.idle_policy, order, jobs);
  network_ = std::make_unique<interconnect::PackageNetworkModule>("network", hardware.network, hardware.chip_link,
                                                                  book.routes, accounts, packets);
  for (std::uint32_t channel = 0; channel < book.memory_channels; ++channel) {
    channels_.push_back(
        std::make_unique<interconnect::DramChannelModule>(fmt::format("memory_{}", channel).c_str(), hardware.dram));
  }
  for (UnitIndex unit = 0; unit < book.units.size(); ++unit) build_unit(hardware, book.units[unit].address, unit, jobs);
}

Machine::~Machine() = default;

void Machine::build_unit(const HardwareSpec& hardware, const UnitAddress& address, UnitIndex unit,
                         tiles::JobListener& jobs) {
  if (address.component == Component::crossbar_tile) {
    AIMC_CHECK(tiles_->add_tile(hardware.tile.arrays) == unit, "tile {} of chip {} does not come before other units",
               address.index, address.chip);
    ++tile_count_;
    return;
  }
  const std::string module = fmt::format("{}_{}_{}", name(address.component), address.chip, address.index);
  const IdlePolicy policy = hardware.idle_policy;
  switch (address.component) {
    case Component::digital_unit:
      digital_units_[unit] =
          std::make_unique<tiles::DigitalUnitModule>(module.c_str(), hardware.digital, policy, *this, jobs);
      return;
    case Component::attention_unit:
      attention_units_[unit] =
          std::make_unique<tiles::AttentionUnitModule>(module.c_str(), hardware.attention, policy, *this, jobs);
      return;
    default:
      AIMC_CHECK(false, "no step runs on a {}", name(address.component));
  }
}

Time Machine::transfer(const tiles::MemoryTraffic& traffic) {
  if (traffic.write_bytes == 0 && traffic.read_bytes == 0) return kernel_now();
  interconnect::DramChannelModule& channel = *channels_[traffic.channel];
  const Time written = channel.transfer(traffic.write_bytes);
  return traffic.read_bytes == 0 ? written : channel.transfer(traffic.read_bytes);
}

const tiles::ActivityMeter& Machine::activity(UnitIndex unit) const {
  if (unit < tile_count_) return tiles_->activity(unit);
  if (digital_units_[unit]) return digital_units_[unit]->activity();
  return attention_units_[unit]->activity();
}

std::int64_t Machine::mvms() const { return tiles_->mvms(); }

}  // namespace aimc::sim
