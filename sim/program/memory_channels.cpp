#include "sim/program/memory_channels.h"

namespace aimc::sim {
namespace {

bool per_chip(const HardwareSpec& hardware) {
  return hardware.dram.attachment == interconnect::DramAttachment::per_chip;
}

std::uint32_t channels_each(const HardwareSpec& hardware) { return static_cast<std::uint32_t>(hardware.dram.channels); }

}  // namespace

std::uint32_t memory_channels(const HardwareSpec& hardware, std::uint32_t chips) {
  return per_chip(hardware) ? chips * channels_each(hardware) : channels_each(hardware);
}

std::uint32_t channel_for(const HardwareSpec& hardware, std::uint32_t chip, std::uint32_t index) {
  const std::uint32_t first = per_chip(hardware) ? chip * channels_each(hardware) : 0;
  return first + index % channels_each(hardware);
}

std::uint32_t chip_of_channel(const HardwareSpec& hardware, std::uint32_t channel) {
  return per_chip(hardware) ? channel / channels_each(hardware) : 0;
}

}  // namespace aimc::sim
