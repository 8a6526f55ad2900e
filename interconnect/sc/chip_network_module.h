#pragma once
#include <cstdint>
#include <systemc>
#include <vector>

#include "interconnect/sc/packet.h"
#include "interconnect/spec/interconnect_spec.h"

namespace aimc::interconnect {

/// The network of one chip: carries packets between its nodes and delivers those that end here. What a topology decides
/// is in travel() and unloaded(); deliveries and counts are the same for all.
class ChipNetworkModule : public sc_core::sc_module {
 public:
  ChipNetworkModule(const sc_core::sc_module_name& name, const NetworkSpec& spec, std::size_t accounts,
                    PacketListener& listener);

  /// Reserves the route for a packet whose front is `flow`; counts its flit hops; returns the front at `to`.
  virtual Flow travel(MeshNode from, MeshNode to, const Packet& packet, Flow flow) = 0;
  /// The same in an empty network, reserving and counting nothing.
  [[nodiscard]] virtual Flow unloaded(MeshNode from, MeshNode to, const Packet& packet, Flow flow) const = 0;
  /// Largest reserved time of one of its links.
  [[nodiscard]] virtual Time busiest_link() const = 0;

  /// Tells the listener of the packet at that time; packets due at the same time in the order of the calls.
  void deliver_at(Time at, std::uint64_t cookie);

  [[nodiscard]] const std::vector<std::int64_t>& flit_hops() const { return flit_hops_; }  ///< [account]

 protected:
  /// header and payload in whole flits.
  [[nodiscard]] std::int64_t flits(const Packet& packet) const;
  [[nodiscard]] Time cycles(std::int64_t count) const;
  void count(const Packet& packet, std::int64_t hops) { flit_hops_[packet.account] += flits(packet) * hops; }

 private:
  struct Delivery {
    Time at;
    std::uint64_t sequence, cookie;
    bool operator>(const Delivery& o) const { return at != o.at ? at > o.at : sequence > o.sequence; }
  };
  void deliver_due();

  const NetworkSpec spec_;
  PacketListener& listener_;
  sc_core::sc_event due_;
  std::vector<Delivery> deliveries_;  // heap, earliest first
  std::uint64_t sequence_ = 0;
  std::vector<std::int64_t> flit_hops_;
};

}  // namespace aimc::interconnect
