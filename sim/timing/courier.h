#pragma once
#include <cstdint>

#include "sim/timing/machine.h"
#include "sim/timing/passes.h"
#include "sim/timing/playbook.h"

namespace aimc::sim {

/// Sends parcels through the network and knows them again when they arrive.
class Courier {
 public:
  /// A parcel of a pass that has arrived.
  struct Delivery {
    PassId pass = 0;
    ParcelIndex parcel = 0;
  };

  Courier(const Program& program, const Playbook& book, interconnect::PackageNetworkModule& network)
      : program_(program), book_(book), network_(network) {}

  /// The packet of a parcel that is neither local nor shared. drain: how long the sender's output buffer feeds it.
  void send(PassId id, const Pass& pass, ParcelIndex index, Time drain);
  /// The network has brought a packet to its destination number `end`.
  Delivery received(std::uint64_t cookie, std::uint32_t end);

  [[nodiscard]] std::int64_t packets() const { return packets_; }
  [[nodiscard]] std::int64_t bytes_sent() const { return bytes_sent_; }
  [[nodiscard]] std::int64_t bytes_received() const { return bytes_received_; }

 private:
  const Program& program_;
  const Playbook& book_;
  interconnect::PackageNetworkModule& network_;
  std::int64_t packets_ = 0, bytes_sent_ = 0, bytes_received_ = 0;
};

}  // namespace aimc::sim
