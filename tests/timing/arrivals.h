#pragma once
#include <cstdint>
#include <map>
#include <systemc>

#include "interconnect/sc/packet.h"

namespace aimc::testing {

/// Notes when each packet arrived.
struct Arrivals final : interconnect::PacketListener {
  void delivered(std::uint64_t cookie) override {
    at[cookie] = Time(static_cast<std::int64_t>(sc_core::sc_time_stamp().value()));
  }
  std::map<std::uint64_t, Time> at;
};

inline interconnect::Packet packet(interconnect::NetworkPlace from, interconnect::NetworkPlace to,
                                   std::int64_t payload_bits, std::uint64_t cookie) {
  interconnect::Packet packet;
  packet.from = from;
  packet.to = to;
  packet.payload_bits = payload_bits;
  packet.cookie = cookie;
  return packet;
}

}  // namespace aimc::testing
