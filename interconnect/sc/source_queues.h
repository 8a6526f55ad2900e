#pragma once
#include <cstdint>
#include <vector>

#include "interconnect/sc/packet.h"

namespace aimc::interconnect {

/// Packets that wait at their source until its port into the network is free, first come first served.
class SourceQueues {
 public:
  struct Waiting {
    Packet packet;
    Time since;
  };
  explicit SourceQueues(std::size_t links) : ports_(links) {}

  /// Whether a packet may enter now; when it may not, it has to wait().
  [[nodiscard]] bool is_free(LinkId port, Time now) const { return ports_[port].first < 0 && ports_[port].free <= now; }
  /// Puts a packet at the end of the queue; returns whether it is the first there.
  bool wait(LinkId port, const Packet& packet, Time now);
  [[nodiscard]] bool is_empty(LinkId port) const { return ports_[port].first < 0; }
  /// Takes the first packet of a queue that is not empty.
  Waiting take(LinkId port);
  /// The port is taken until then.
  void hold(LinkId port, Time until) { ports_[port].free = until; }
  [[nodiscard]] Time free(LinkId port) const { return ports_[port].free; }

 private:
  struct Port {
    Time free;
    std::int32_t first = -1, last = -1;  // into places_
  };
  struct Place {
    Waiting waiting;
    std::int32_t next = -1;
  };
  std::vector<Port> ports_;
  std::vector<Place> places_;
  std::int32_t spare_ = -1;
};

}  // namespace aimc::interconnect
