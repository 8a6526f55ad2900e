#pragma once
#include <vector>

#include "interconnect/sc/network_links.h"

namespace aimc::interconnect {

/// Sets up the circuits of packets, one for each chip that a packet crosses.
///
/// All links of the way (or tree) over a chip are claimed together, at the first time that suits them all: each from
/// the set-up of the path until the tail has passed it, later on by the latency of the links before. A circuit ends at
/// the chip's gateway: chip links carry packets, and the next chip's circuit is set up when the head has reached it.
class Circuits {
 public:
  Circuits(Time setup, NetworkLinks& links) : setup_(setup), links_(links) {}

  /// Reserves the way of a packet whose head is ready at flow.head; fills `flows`: [edge] the front behind it.
  void travel(const RouteView& route, Flow flow, const PacketLoad& load, Time now, std::vector<Flow>& flows);
  /// The front behind an edge when everything is idle.
  [[nodiscard]] Flow idle_way(const RouteView& route, std::uint32_t edge, Flow flow, const PacketLoad& load) const;

 private:
  struct Claim {
    LinkId link;
    EdgeKind kind;
    Time offset;  ///< of the beginning, from the beginning of the circuit
  };
  [[nodiscard]] Time earliest(Flow flow, const PacketLoad& load) const;
  void cross(std::span<const RouteEdge> edges, std::size_t first, Flow flow, const PacketLoad& load, Time now,
             std::vector<Flow>& flows);

  Time setup_;
  NetworkLinks& links_;
  std::vector<Claim> claims_;  // of the circuit that is being set up
};

}  // namespace aimc::interconnect
