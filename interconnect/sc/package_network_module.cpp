#include "interconnect/sc/package_network_module.h"

#include <algorithm>

#include "base/check/check.h"
#include "base/events/kernel_time.h"

namespace aimc::interconnect {
namespace {

constexpr std::uint32_t port_is_free = 0xffffffff;  // Delivery::end: cookie is a source's port

}  // namespace

PackageNetworkModule::PackageNetworkModule(const sc_core::sc_module_name& name, const NetworkSpec& network,
                                           const ChipLinkSpec& links, const RouteTable& routes, std::size_t accounts,
                                           PacketListener& listener)
    : sc_module(name),
      routes_(routes),
      links_(network, links, routes.topology().link_count()),
      add_(links_.cycles(network.add_cycles)),
      accounts_(accounts),
      listener_(listener),
      flit_hops_(routes.topology().chips().chips() * accounts),
      chip_link_bytes_(flit_hops_.size()) {
  const ChipTopology& chip = routes.topology().chip();
  if (network.switching == Switching::circuit && chip.kind() != Topology::constant) {
    circuits_.emplace(network.circuit_setup, links_);
  } else if (network.buffer_flits > 0 && chip.kind() != Topology::constant) {
    const bool circles = chip.kind() == Topology::torus || chip.kind() == Topology::ring;
    buffers_ = std::make_unique<RouterBuffers>(network, routes.topology().link_count(), circles);
    sources_ = std::make_unique<SourceQueues>(routes.topology().link_count());
  }
  SC_HAS_PROCESS(PackageNetworkModule);
  SC_METHOD(deliver_due);
  sensitive << due_.event();
  dont_initialize();
}

void PackageNetworkModule::send(const Packet& packet) {
  const RouteView route = routes_.route(packet.route);
  const PacketLoad load = links_.load_of(packet.payload_bits);
  const Time now = kernel_now();
  for (const RouteCharge& charge : route.charges) {
    const std::size_t place = charge.chip * accounts_ + packet.account;
    flit_hops_[place] += load.flits * charge.hops;
    chip_link_bytes_[place] += load.bytes * charge.chip_links;
  }
  if (circuits_) {
    circuits_->travel(route, {now, packet.feed}, load, now, flows_);
    deliver_all(route, packet);
  } else if (buffers_) {
    const LinkId port = route.edges.front().link;
    if (sources_->is_free(port, now)) return enter(route, {packet, now}, load, now);
    const bool first = sources_->wait(port, packet, now);
    // Later ones are called when the one before them has entered.
    if (first) deliver_at(std::max(now, sources_->free(port)), port, port_is_free);
  } else {
    travel(route, packet, load, now);
  }
}

void PackageNetworkModule::travel(const RouteView& route, const Packet& packet, const PacketLoad& load, Time now) {
  const Flow start{now, packet.feed};
  if (route.ends.size() == 1) {
    Flow flow = start;
    for (const RouteEdge& edge : route.edges) flow = links_.pass(edge, flow, load, now);
    return deliver_at(flow.tail(), packet.cookie, 0);
  }
  if (flows_.size() < route.edges.size()) flows_.resize(route.edges.size());
  for (std::size_t i = 0; i < route.edges.size(); ++i) {
    const RouteEdge& edge = route.edges[i];
    flows_[i] = links_.pass(edge, edge.other == no_edge ? start : flows_[edge.other], load, now);
  }
  deliver_all(route, packet);
}

void PackageNetworkModule::deliver_all(const RouteView& route, const Packet& packet) {
  for (std::uint32_t end = 0; end < route.ends.size(); ++end) {
    deliver_at(flows_[route.ends[end]].tail(), packet.cookie, end);
  }
}

void PackageNetworkModule::enter(const RouteView& route, const SourceQueues::Waiting& waiting, const PacketLoad& load,
                                 Time now) {
  // The sender's buffer drains while the packet waits.
  const Time head = std::max(now, Flow{waiting.since, waiting.packet.feed}.earliest(load.on_chip));
  const Time sent = buffers_->travel(route, {head, load.on_chip}, load, now, links_, flows_);
  sources_->hold(route.edges.front().link, sent);
  deliver_all(route, waiting.packet);
}

void PackageNetworkModule::let_next_enter(LinkId port, Time now) {
  const SourceQueues::Waiting waiting = sources_->take(port);
  enter(routes_.route(waiting.packet.route), waiting, links_.load_of(waiting.packet.payload_bits), now);
  if (!sources_->is_empty(port)) deliver_at(sources_->free(port), port, port_is_free);
}

Flow PackageNetworkModule::idle_way(const RouteView& route, std::uint32_t edge, Flow flow,
                                    const PacketLoad& load) const {
  if (circuits_) return circuits_->idle_way(route, edge, flow, load);
  const RouteEdge& last = route.edges[edge];
  if (last.other != no_edge) flow = idle_way(route, last.other, flow, load);
  return links_.pass_idle(last.kind, flow, load);
}

void PackageNetworkModule::charge(const LinkPlace& place, EdgeKind kind, const PacketLoad& load, Account account) {
  if (kind == EdgeKind::hop) flit_hops_[place.chip * accounts_ + account] += load.flits;
  if (kind == EdgeKind::chip_link) chip_link_bytes_[place.chip * accounts_ + account] += load.bytes;
}

void PackageNetworkModule::contribute(ReductionId reduction, std::uint32_t contributor, const Packet& packet) {
  AIMC_CHECK(!circuits_, "packets do not meet in a circuit-switched network");
  const ReductionView view = routes_.reduction(reduction);
  const PacketLoad load = links_.load_of(packet.payload_bits);
  const Time now = kernel_now();
  Flow flow{now, packet.feed};
  std::uint32_t last = contributor;
  for (std::uint32_t at = view.begins[contributor]; at != no_edge; at = view.edges[at].other) {
    if (view.inputs[at] > 1) {
      const ReductionJoins::Joined joined = joins_.arrive(reduction, packet.cookie, view, at, flow, last);
      if (!joined.complete) return;
      flow = {joined.flow.head + add_, joined.flow.feed};
      last = joined.last;
    }
    const RouteEdge& edge = view.edges[at];
    charge(routes_.topology().place(edge.link), edge.kind, load, packet.account);
    flow = links_.pass(edge, flow, load, now);
  }
  joins_.finish(reduction, packet.cookie);
  deliver_at(flow.tail(), packet.cookie, last);
}

Time PackageNetworkModule::unloaded_time(RouteId route, std::uint32_t destination, std::int64_t payload_bits,
                                         Time feed) const {
  const RouteView view = routes_.route(route);
  return idle_way(view, view.ends[destination], {Time{}, feed}, links_.load_of(payload_bits)).tail();
}

Time PackageNetworkModule::unloaded_contribution(ReductionId reduction, std::uint32_t contributor,
                                                 std::int64_t payload_bits, Time feed) const {
  const ReductionView view = routes_.reduction(reduction);
  const PacketLoad load = links_.load_of(payload_bits);
  Flow flow{Time{}, feed};
  for (std::uint32_t at = view.begins[contributor]; at != no_edge; at = view.edges[at].other) {
    if (view.inputs[at] > 1) flow.head += add_;
    flow = links_.pass_idle(view.edges[at].kind, flow, load);
  }
  return flow.tail();
}

void PackageNetworkModule::deliver_at(Time at, std::uint64_t cookie, std::uint32_t end) {
  if (deliveries_.push(at, {cookie, end})) due_.notify_at(at);
}

void PackageNetworkModule::deliver_due() {
  const Time now = kernel_now();
  while (!deliveries_.empty() && deliveries_.first() <= now) {
    const Delivery delivery = deliveries_.pop();
    if (delivery.end == port_is_free) {
      let_next_enter(static_cast<LinkId>(delivery.cookie), now);
    } else {
      listener_.delivered(delivery.cookie, delivery.end);
    }
  }
  if (!deliveries_.empty()) due_.notify_at(deliveries_.first());
}

std::vector<LinkLoad> PackageNetworkModule::link_loads() const {
  std::vector<LinkLoad> loads;
  const PackageTopology& topology = routes_.topology();
  for (LinkId link = 0; link < topology.link_count(); ++link) {
    if (links_.reserved(link) > Time{}) loads.push_back({topology.place(link), links_.reserved(link)});
  }
  return loads;
}

Time PackageNetworkModule::busiest_link() const {
  Time busiest;
  for (const LinkLoad& load : link_loads()) busiest = std::max(busiest, load.reserved);
  return busiest;
}

}  // namespace aimc::interconnect
