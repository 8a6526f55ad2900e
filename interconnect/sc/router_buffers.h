#pragma once
#include <cstdint>
#include <vector>

#include "interconnect/sc/network_links.h"

namespace aimc::interconnect {

/// The input buffers of the routers: at the end of each link `virtual_channels` buffers of `buffer_flits`, each taken
/// by one packet from when its head starts over the link until its tail has left the router.
///
/// One pass forward finds when the packet starts over each link: not before its head is there, the link is free and a
/// buffer behind the link is. One pass backward finds when its tail leaves each router: F cycles after its head, but
/// not before the routers ahead have room, which is when the tail leaves the next router less the cycles of the flits
/// that the buffer there holds. So a blocked packet longer than a buffer holds several routers (wormhole), and a
/// blocked network blocks its sources. Packets reserve in the order in which they enter the network, which is
/// arbitration by age. Compared with a network simulated cycle by cycle in tests/timing/cycle_mesh.h.
class RouterBuffers {
 public:
  /// links: of the package. halves: circles, where only one half of the virtual channels serves each side of the
  /// dateline.
  RouterBuffers(const NetworkSpec& network, std::size_t links, bool halves);

  /// Sends a packet whose front is `flow` over its route; flows[edge] becomes the front behind each edge. Returns when
  /// its tail has left the source's port.
  Time travel(const RouteView& route, Flow flow, const PacketLoad& load, Time now, NetworkLinks& links,
              std::vector<Flow>& flows);

 private:
  /// The buffer that a packet takes that could start at `want`: the one that became free last before that, so that
  /// those free for longer serve packets that start earlier; the first to become free when all are taken.
  Time* choose(const RouteEdge& edge, Time want);

  int channels_;
  bool halves_;
  Time depth_;                       // cycles of a full buffer
  std::vector<Time> free_;           // [link][virtual channel]: when the tail of its last packet has left
  std::vector<Time*> taken_;         // [edge] of the packet under way
  std::vector<Time> starts_, left_;  // [edge]: start over it; when the tail has left the router behind it
};

}  // namespace aimc::interconnect
