#pragma once
#include <cstdint>
#include <map>
#include <systemc>
#include <utility>
#include <vector>

#include "interconnect/sc/package_network_module.h"

namespace aimc::testing {

/// Notes when each packet arrived; for packets with several destinations the time of each.
struct Arrivals final : interconnect::PacketListener {
  void delivered(std::uint64_t cookie, std::uint32_t end) override {
    at[cookie] = Time(static_cast<std::int64_t>(sc_core::sc_time_stamp().value()));
    at_end[{cookie, end}] = at[cookie];
    ++deliveries;
  }
  std::map<std::uint64_t, Time> at;  ///< the last one
  std::map<std::pair<std::uint64_t, std::uint32_t>, Time> at_end;
  int deliveries = 0;
};

/// A network with its routes and a listener.
class TestNetwork {
 public:
  TestNetwork(const interconnect::NetworkSpec& spec, const interconnect::ChipLinkSpec& links, interconnect::Grid grid,
              std::uint32_t chips = 1, std::size_t accounts = 1)
      : routes(spec.topology, grid, chips), network("network", spec, links, routes, accounts, arrivals) {}

  interconnect::Packet packet(interconnect::NetworkPlace from, const std::vector<interconnect::NetworkPlace>& to,
                              std::int64_t payload_bits, std::uint64_t cookie) {
    interconnect::Packet packet;
    packet.route = routes.add_route(from, to);
    packet.payload_bits = payload_bits;
    packet.cookie = cookie;
    return packet;
  }
  void send(interconnect::NetworkPlace from, interconnect::NetworkPlace to, std::int64_t payload_bits,
            std::uint64_t cookie) {
    network.send(packet(from, {to}, payload_bits, cookie));
  }
  [[nodiscard]] Time unloaded_time(const interconnect::Packet& packet, std::uint32_t destination = 0) const {
    return network.unloaded_time(packet.route, destination, packet.payload_bits, packet.feed);
  }

  Arrivals arrivals;
  interconnect::RouteTable routes;
  interconnect::PackageNetworkModule network;
};

}  // namespace aimc::testing
