#pragma once
#include <cstdint>

#include "base/units/quantity.h"
#include "interconnect/topology/route_table.h"

namespace aimc::interconnect {

/// Whose traffic it is: dense index chosen by the user of the network (operator and phase), for the counts.
using Account = std::uint32_t;

struct Packet {
  RouteId route = 0;
  std::int64_t payload_bits = 0;
  Time feed;  ///< how long the sender's output buffer takes to drain; the packet is not sent faster
  Account account = 0;
  std::uint64_t cookie = 0;  ///< given back at delivery
};

/// The front of a packet on its way: when its head can enter the next link, and the serialisation of the link behind
/// it. A link with serialisation S and head latency L begins at start >= head + max(0, feed - S) - so that the slower
/// link behind never starves it - and passes on {start + L, S}: virtual cut-through. The tail arrives at head + feed.
struct Flow {
  Time head, feed;
  [[nodiscard]] constexpr Time earliest(Time serialisation) const {
    return feed > serialisation ? head + (feed - serialisation) : head;
  }
  [[nodiscard]] constexpr Time tail() const { return head + feed; }
};

/// Told when the last flit of a packet has arrived.
class PacketListener {
 public:
  /// `end`: of a route, the index of the destination; of a reduction, the contributor that came last.
  virtual void delivered(std::uint64_t cookie, std::uint32_t end) = 0;

 protected:
  ~PacketListener() = default;
};

}  // namespace aimc::interconnect
