#include "interconnect/sc/router_buffers.h"

#include <algorithm>

namespace aimc::interconnect {

RouterBuffers::RouterBuffers(const NetworkSpec& network, std::size_t links, bool halves)
    : channels_(network.virtual_channels),
      halves_(halves),
      depth_(Time::from_seconds(network.buffer_flits / network.clock.si())),
      free_(links * static_cast<std::size_t>(network.virtual_channels)) {}

Time* RouterBuffers::choose(const RouteEdge& edge, Time want) {
  const int lower = halves_ ? channels_ / 2 : 0;
  Time* const all = free_.data() + std::size_t{edge.link} * static_cast<std::size_t>(channels_);
  Time* const begin = edge.upper ? all + lower : all;
  Time* const end = !halves_ || edge.upper ? all + channels_ : all + lower;
  Time* best = begin;
  for (Time* channel = begin + 1; channel < end; ++channel) {
    const bool better = *best <= want ? *channel <= want && *channel > *best : *channel < *best;
    if (better) best = channel;
  }
  return best;
}

Time RouterBuffers::travel(const RouteView& route, Flow flow, const PacketLoad& load, Time now, NetworkLinks& links,
                           std::vector<Flow>& flows) {
  const std::size_t edges = route.edges.size();
  if (taken_.size() < edges) {
    taken_.resize(edges);
    starts_.resize(edges);
    left_.resize(edges);
  }
  if (flows.size() < edges) flows.resize(edges);
  links.prefetch(route.edges);
  for (const RouteEdge& edge : route.edges) {
    __builtin_prefetch(free_.data() + std::size_t{edge.link} * static_cast<std::size_t>(channels_), 1);
  }
  for (std::size_t i = 0; i < edges; ++i) {
    const RouteEdge& edge = route.edges[i];
    Flow before = edge.other == no_edge ? flow : flows[edge.other];
    if (ends_in_router(edge.kind)) {
      taken_[i] = choose(edge, links.first_free(edge, before, load));
      before = {std::max(before.earliest(load.on_chip), *taken_[i]), load.on_chip};
    }
    flows[i] = links.pass(edge, before, load, now);
    starts_[i] = flows[i].head - links.latency(edge.kind);
    left_[i] = Time{};
  }
  Time sent;
  for (std::size_t i = edges; i-- > 0;) {
    const RouteEdge& edge = route.edges[i];
    Time left = starts_[i] + flows[i].feed;
    if (ends_in_router(edge.kind)) {
      *taken_[i] = left_[i];
      left = std::max(left, left_[i] - depth_);
    }
    if (edge.other == no_edge) {
      sent = std::max(sent, left);
    } else {
      left_[edge.other] = std::max(left_[edge.other], left);
    }
  }
  return sent;
}

}  // namespace aimc::interconnect
