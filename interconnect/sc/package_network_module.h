#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <systemc>
#include <vector>

#include "base/events/ordered_event.h"
#include "interconnect/sc/circuits.h"
#include "interconnect/sc/due_queue.h"
#include "interconnect/sc/network_links.h"
#include "interconnect/sc/reduction_joins.h"
#include "interconnect/sc/router_buffers.h"
#include "interconnect/sc/source_queues.h"

namespace aimc::interconnect {

/// How long a link has been reserved.
struct LinkLoad {
  LinkPlace place;
  Time reserved;
};

/// All networks of a package: one on each chip and the links between the chips, joined at the chips' gateways.
///
/// A packet of F flits holds each link of its route for F cycles; its head moves on after hop_cycles (virtual
/// cut-through: a router can hold a waiting packet). Each node injects and ejects over one port of the same width. In
/// an empty mesh a packet takes hops x hop_cycles + F cycles. With circuit switching the links of the route over a chip
/// are claimed together instead (circuits.h).
///
/// With finite buffers (buffer_flits > 0) a packet enters when its source's port is free and may be held up by the
/// buffers ahead (router_buffers.h). Packets that meet (contribute) wait in the adders of the routers, not in those
/// buffers.
class PackageNetworkModule : public sc_core::sc_module {
 public:
  /// accounts: number of different Packet::account. `routes` outlives the module; routes may be added later.
  PackageNetworkModule(const sc_core::sc_module_name& name, const NetworkSpec& network, const ChipLinkSpec& links,
                       const RouteTable& routes, std::size_t accounts, PacketListener& listener);

  /// Sends a packet now and tells the listener, for each destination of its route, when its tail has arrived there.
  void send(const Packet& packet);
  /// Sends one contributor's packet of a reduction (Packet::route is not used). Packets of the same cookie meet on
  /// their way and go on as one; the listener is told once, when the last one has arrived.
  void contribute(ReductionId reduction, std::uint32_t contributor, const Packet& packet);

  /// Time from sending to arrival at a destination if the networks were empty.
  [[nodiscard]] Time unloaded_time(RouteId route, std::uint32_t destination, std::int64_t payload_bits,
                                   Time feed) const;
  /// The same for a contributor that finds all others waiting for it.
  [[nodiscard]] Time unloaded_contribution(ReductionId reduction, std::uint32_t contributor, std::int64_t payload_bits,
                                           Time feed) const;

  [[nodiscard]] const RouteTable& routes() const { return routes_; }
  /// Flits times links between nodes, sent on a chip for an account.
  [[nodiscard]] std::int64_t flit_hops(std::uint32_t chip, Account account) const {
    return flit_hops_[chip * accounts_ + account];
  }
  /// Bytes sent from a chip over its chip links for an account; chips that only pass them on count too.
  [[nodiscard]] std::int64_t chip_link_bytes(std::uint32_t chip, Account account) const {
    return chip_link_bytes_[chip * accounts_ + account];
  }
  /// Links that have carried something, in the order of their numbers.
  [[nodiscard]] std::vector<LinkLoad> link_loads() const;
  /// Largest reserved time of one link, on a chip or between chips.
  [[nodiscard]] Time busiest_link() const;

 private:
  struct Delivery {
    std::uint64_t cookie;
    std::uint32_t end;
  };
  void travel(const RouteView& route, const Packet& packet, const PacketLoad& load, Time now);
  void deliver_all(const RouteView& route, const Packet& packet);
  void enter(const RouteView& route, const SourceQueues::Waiting& waiting, const PacketLoad& load, Time now);
  void let_next_enter(LinkId port, Time now);
  void deliver_at(Time at, std::uint64_t cookie, std::uint32_t end);
  void deliver_due();
  void charge(const LinkPlace& place, EdgeKind kind, const PacketLoad& load, Account account);
  [[nodiscard]] Flow idle_way(const RouteView& route, std::uint32_t edge, Flow flow, const PacketLoad& load) const;

  const RouteTable& routes_;
  NetworkLinks links_;
  std::unique_ptr<RouterBuffers> buffers_;
  std::unique_ptr<SourceQueues> sources_;  // with buffers_
  std::optional<Circuits> circuits_;
  const Time add_;
  const std::size_t accounts_;
  PacketListener& listener_;
  OrderedEvent due_;
  DueQueue<Delivery> deliveries_;
  ReductionJoins joins_;
  std::vector<Flow> flows_;                                // [edge] of the route that is being travelled
  std::vector<std::int64_t> flit_hops_, chip_link_bytes_;  // [chip][account]
};

}  // namespace aimc::interconnect
