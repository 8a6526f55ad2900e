#include "interconnect/sc/chip_link_module.h"

#include <algorithm>

#include "interconnect/sc/kernel_time.h"

namespace aimc::interconnect {

ChipLinkModule::ChipLinkModule(const sc_core::sc_module_name& name, const ChipLinkSpec& spec, int header_bits,
                               std::uint32_t chips, std::size_t accounts)
    : sc_module(name),
      spec_(spec),
      header_bits_(header_bits),
      accounts_(accounts),
      grid_(chips),
      links_(grid_.link_count()),
      bytes_(chips * accounts) {}

std::int64_t ChipLinkModule::packet_bytes(const Packet& packet) const {
  return (header_bits_ + packet.payload_bits + 7) / 8;
}

Time ChipLinkModule::serialisation(const Packet& packet) const {
  return Time::from_seconds(static_cast<double>(packet_bytes(packet)) / spec_.bandwidth.si());
}

Flow ChipLinkModule::travel(std::uint32_t from, std::uint32_t to, const Packet& packet, Flow flow) {
  const Time now = kernel_now();
  const Time length = serialisation(packet);
  const std::int64_t bytes = packet_bytes(packet);
  grid_.for_each_link(from, to, [&](MeshLink link, std::uint32_t chip) {
    const Time start = links_[link].reserve(flow.earliest(length), length, now);
    flow = {start + spec_.latency, length};
    bytes_[chip * accounts_ + packet.account] += bytes;
  });
  return flow;
}

Flow ChipLinkModule::unloaded(std::uint32_t from, std::uint32_t to, const Packet& packet, Flow flow) const {
  const Time length = serialisation(packet);
  return {flow.earliest(length) + spec_.latency * grid_.hops(from, to), length};
}

Time ChipLinkModule::busiest_link() const {
  Time busiest;
  for (const LinkCalendar& link : links_) busiest = std::max(busiest, link.reserved());
  return busiest;
}

}  // namespace aimc::interconnect
