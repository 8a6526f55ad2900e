#include "interconnect/sc/network_links.h"

namespace aimc::interconnect {

NetworkLinks::NetworkLinks(const NetworkSpec& network, const ChipLinkSpec& chip_links, std::size_t links)
    : clock_(network.clock.si()),
      chip_link_bandwidth_(chip_links.bandwidth.si()),
      flit_bits_(network.flit_bits),
      header_bits_(network.header_bits),
      calendars_(links) {
  // Circuits hold a link for their set-up, too.
  const bool circuits = network.switching == Switching::circuit;
  const Time shortest = cycles(1) + (circuits ? network.circuit_setup : Time{});
  timings_[static_cast<std::size_t>(EdgeKind::entry)] = {Time{}, shortest};
  timings_[static_cast<std::size_t>(EdgeKind::exit)] = {Time{}, shortest};
  timings_[static_cast<std::size_t>(EdgeKind::hop)] = {cycles(network.hop_cycles), shortest};
  timings_[static_cast<std::size_t>(EdgeKind::chip_link)].latency = chip_links.latency;
  timings_[static_cast<std::size_t>(EdgeKind::constant)].latency = network.constant_latency;
}

PacketLoad NetworkLinks::load_of(std::int64_t payload_bits) const {
  PacketLoad load;
  const std::int64_t bits = header_bits_ + payload_bits;
  load.flits = (bits + flit_bits_ - 1) / flit_bits_;
  load.bytes = (bits + 7) / 8;
  load.on_chip = cycles(load.flits);
  load.between_chips =
      chip_link_bandwidth_ > 0 ? Time::from_seconds(static_cast<double>(load.bytes) / chip_link_bandwidth_) : Time{};
  return load;
}

}  // namespace aimc::interconnect
