#include "interconnect/sc/circuits.h"

#include <algorithm>

namespace aimc::interconnect {

/// When a circuit could begin for a packet that arrives as `flow`: its set-up ends when the data can pass in one go.
Time Circuits::earliest(Flow flow, const PacketLoad& load) const {
  return std::max(flow.head, flow.earliest(load.on_chip) - setup_);
}

void Circuits::travel(const RouteView& route, Flow flow, const PacketLoad& load, Time now, std::vector<Flow>& flows) {
  if (flows.size() < route.edges.size()) flows.resize(route.edges.size());
  links_.prefetch(route.edges);
  for (std::size_t first = 0; first < route.edges.size();) {
    const RouteEdge& edge = route.edges[first];
    const Flow before = edge.other == no_edge ? flow : flows[edge.other];
    std::size_t end = first + 1;
    if (edge.kind == EdgeKind::chip_link) {
      flows[first] = links_.pass(edge, before, load, now);
    } else {
      while (end < route.edges.size() && !begins_crossing(route.edges, end)) ++end;
      cross(route.edges.first(end), first, before, load, now, flows);
    }
    first = end;
  }
}

/// Sets up the circuit of edges [first, end): the tree over one chip.
void Circuits::cross(std::span<const RouteEdge> edges, std::size_t first, Flow flow, const PacketLoad& load, Time now,
                     std::vector<Flow>& flows) {
  claims_.clear();
  for (std::size_t i = first; i < edges.size(); ++i) {
    const RouteEdge& edge = edges[i];
    Time offset;
    if (i > first) {
      const Claim& before = claims_[edge.other - first];
      offset = before.offset + links_.latency(before.kind);
    }
    claims_.push_back({edge.link, edge.kind, offset});
  }
  const Time length = setup_ + load.on_chip;
  Time begin = earliest(flow, load);
  // In turn, until all have agreed to the same beginning.
  std::size_t agreed = 0;
  for (std::size_t i = 0; agreed < claims_.size(); i = i + 1 == claims_.size() ? 0 : i + 1, ++agreed) {
    const Claim& claim = claims_[i];
    const Time free = links_.first_free(claim.link, begin + claim.offset, length) - claim.offset;
    if (free > begin) agreed = 0;
    begin = free;
  }
  for (std::size_t i = first; i < edges.size(); ++i) {
    const Claim& claim = claims_[i - first];
    links_.hold(claim.link, claim.kind, begin + claim.offset, length, now);
    flows[i] = {begin + setup_ + claim.offset + links_.latency(claim.kind), load.on_chip};
  }
}

Flow Circuits::idle_way(const RouteView& route, std::uint32_t edge, Flow flow, const PacketLoad& load) const {
  const RouteEdge& last = route.edges[edge];
  if (last.other != no_edge) flow = idle_way(route, last.other, flow, load);
  if (last.kind == EdgeKind::chip_link || !begins_crossing(route.edges, edge)) {
    return links_.pass_idle(last.kind, flow, load);
  }
  return {earliest(flow, load) + setup_ + links_.latency(last.kind), load.on_chip};
}

}  // namespace aimc::interconnect
