#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "interconnect/sc/link_calendar.h"
#include "interconnect/sc/packet.h"
#include "interconnect/spec/interconnect_spec.h"

namespace aimc::interconnect {

/// Size and serialisations of a packet: once a packet, not once a link.
struct PacketLoad {
  std::int64_t flits = 0, bytes = 0;  ///< header and payload; bytes: on chip links
  Time on_chip, between_chips;
};

/// The links of a package with what has been reserved on them, and how a packet's front passes one.
class NetworkLinks {
 public:
  NetworkLinks(const NetworkSpec& network, const ChipLinkSpec& chip_links, std::size_t links);

  [[nodiscard]] PacketLoad load_of(std::int64_t payload_bits) const;

  /// Reserves the first free time of a link for a packet whose front is `flow`; returns the front behind it.
  Flow pass(const RouteEdge& edge, Flow flow, const PacketLoad& load, Time now) {
    const Timing& timing = timings_[static_cast<std::size_t>(edge.kind)];
    if (edge.kind == EdgeKind::constant) return {flow.tail() + timing.latency, Time{}};
    const Time length = length_on(edge.kind, load);
    return {calendars_[edge.link].reserve(flow.earliest(length), length, now, timing.shortest) + timing.latency,
            length};
  }
  /// When that packet could begin to pass; reserves nothing.
  [[nodiscard]] Time first_free(const RouteEdge& edge, Flow flow, const PacketLoad& load) const {
    const Time length = length_on(edge.kind, load);
    return calendars_[edge.link].first_free(flow.earliest(length), length);
  }
  /// The front behind an idle link, reserving nothing.
  [[nodiscard]] Flow pass_idle(EdgeKind kind, Flow flow, const PacketLoad& load) const {
    const Time latency = timings_[static_cast<std::size_t>(kind)].latency;
    if (kind == EdgeKind::constant) return {flow.tail() + latency, Time{}};
    const Time length = length_on(kind, load);
    return {flow.earliest(length) + latency, length};
  }
  /// First time at or after `earliest` at which a link is free for `length`; and holding it then (circuits.h).
  [[nodiscard]] Time first_free(LinkId link, Time earliest, Time length) const {
    return calendars_[link].first_free(earliest, length);
  }
  void hold(LinkId link, EdgeKind kind, Time start, Time length, Time now) {
    calendars_[link].reserve(start, length, now, timings_[static_cast<std::size_t>(kind)].shortest);
  }
  /// Has the calendars of all edges on their way from memory: each link waits for the one before it, but not for its
  /// data.
  void prefetch(std::span<const RouteEdge> edges) const {
    for (const RouteEdge& edge : edges) __builtin_prefetch(&calendars_[edge.link], 1);
  }
  [[nodiscard]] Time latency(EdgeKind kind) const { return timings_[static_cast<std::size_t>(kind)].latency; }

  [[nodiscard]] Time reserved(LinkId link) const { return calendars_[link].reserved(); }
  /// Time of that many cycles of the network's clock.
  [[nodiscard]] Time cycles(std::int64_t count) const {
    return Time::from_seconds(static_cast<double>(count) / clock_);
  }

 private:
  struct Timing {
    Time latency;
    Time shortest = Time(1);  // reservation that anyone makes; no gap below it is of use
  };
  [[nodiscard]] static Time length_on(EdgeKind kind, const PacketLoad& load) {
    return kind == EdgeKind::chip_link ? load.between_chips : load.on_chip;
  }

  double clock_, chip_link_bandwidth_;
  std::int64_t flit_bits_, header_bits_;
  Timing timings_[5];  // [EdgeKind]
  std::vector<LinkCalendar> calendars_;
};

}  // namespace aimc::interconnect
