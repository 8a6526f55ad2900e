#pragma once
#include <vector>

#include "interconnect/sc/chip_network_module.h"
#include "interconnect/sc/link_calendar.h"

namespace aimc::interconnect {

/// A mesh with XY routes. A packet of F flits holds each link of its route for F cycles; its head moves on after
/// hop_cycles (virtual cut-through: a router can hold a waiting packet). Each node injects and ejects over one port of
/// the same width. In an empty mesh a packet takes hops x hop_cycles + F cycles. Contention is per packet: no event,
/// and no reservation, is spent on a flit.
class MeshModule : public ChipNetworkModule {
 public:
  MeshModule(const sc_core::sc_module_name& name, const NetworkSpec& spec, Grid grid, std::size_t accounts,
             PacketListener& listener);

  Flow travel(MeshNode from, MeshNode to, const Packet& packet, Flow flow) override;
  [[nodiscard]] Flow unloaded(MeshNode from, MeshNode to, const Packet& packet, Flow flow) const override;
  [[nodiscard]] Time busiest_link() const override;

 private:
  const Mesh mesh_;
  const Time hop_;
  std::vector<LinkCalendar> links_;      // [mesh links]
  std::vector<LinkCalendar> injection_;  // [nodes]
  std::vector<LinkCalendar> ejection_;   // [nodes]
};

}  // namespace aimc::interconnect
