#include "interconnect/sc/mesh_module.h"

#include <algorithm>

#include "interconnect/sc/kernel_time.h"

namespace aimc::interconnect {

MeshModule::MeshModule(const sc_core::sc_module_name& name, const NetworkSpec& spec, Grid grid, std::size_t accounts,
                       PacketListener& listener)
    : ChipNetworkModule(name, spec, accounts, listener),
      mesh_(grid),
      hop_(cycles(spec.hop_cycles)),
      links_(mesh_.link_count()),
      injection_(mesh_.node_count()),
      ejection_(mesh_.node_count()) {}

Flow MeshModule::travel(MeshNode from, MeshNode to, const Packet& packet, Flow flow) {
  const Time now = kernel_now();
  const Time serialisation = cycles(flits(packet));
  Time head = injection_[from].reserve(flow.earliest(serialisation), serialisation, now);
  std::int64_t hops = 0;
  mesh_.for_each_link(from, to, [&](MeshLink link, MeshNode) {
    head = links_[link].reserve(head, serialisation, now) + hop_;
    ++hops;
  });
  head = ejection_[to].reserve(head, serialisation, now);
  count(packet, hops);
  return {head, serialisation};
}

Flow MeshModule::unloaded(MeshNode from, MeshNode to, const Packet& packet, Flow flow) const {
  const Time serialisation = cycles(flits(packet));
  return {flow.earliest(serialisation) + hop_ * mesh_.hops(from, to), serialisation};
}

Time MeshModule::busiest_link() const {
  Time busiest;
  for (const auto* calendars : {&links_, &injection_, &ejection_}) {
    for (const LinkCalendar& link : *calendars) busiest = std::max(busiest, link.reserved());
  }
  return busiest;
}

}  // namespace aimc::interconnect
