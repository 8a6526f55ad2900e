#include "interconnect/sc/network_links.h"

#include <algorithm>

namespace aimc::interconnect {

NetworkLinks::NetworkLinks(const NetworkSpec& network, const ChipLinkSpec& chip_links, std::size_t links)
    : clock_(network.clock.si()),
      chip_link_bandwidth_(chip_links.bandwidth.si()),
      flit_bits_(network.flit_bits),
      header_bits_(network.header_bits),
      circuit_setup_(network.circuit_setup),
      timings_{{Time{}}, {Time{}}, {cycles(network.hop_cycles)}, {chip_links.latency}, {network.constant_latency}},
      calendars_(links) {}

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

Time NetworkLinks::hold(std::span<const RouteEdge> edges, Flow flow, const PacketLoad& load, Time now) {
  Time length = circuit_setup_ + std::max(load.on_chip, flow.feed);
  for (const RouteEdge& edge : edges) {
    if (edge.kind == EdgeKind::chip_link) length = std::max(length, circuit_setup_ + load.between_chips);
  }
  Time start = flow.head;
  for (bool settled = false; !settled;) {
    settled = true;
    for (const RouteEdge& edge : edges) {
      const Time free = calendars_[edge.link].first_free(start, length);
      settled = settled && free == start;
      start = free;
    }
  }
  for (const RouteEdge& edge : edges) calendars_[edge.link].reserve(start, length, now);
  return start + circuit_setup_;
}

}  // namespace aimc::interconnect
