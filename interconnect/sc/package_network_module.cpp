#include "interconnect/sc/package_network_module.h"

#include <algorithm>
#include <string>

#include "interconnect/sc/constant_network_module.h"
#include "interconnect/sc/kernel_time.h"
#include "interconnect/sc/mesh_module.h"

namespace aimc::interconnect {

PackageNetworkModule::PackageNetworkModule(const sc_core::sc_module_name& name, const NetworkSpec& network,
                                           const ChipLinkSpec& links, const Shape& shape, PacketListener& listener)
    : sc_module(name), shape_(shape), links_("chip_links", links, network.header_bits, shape.chips, shape.accounts) {
  for (std::uint32_t chip = 0; chip < shape.chips; ++chip) {
    const std::string module = "chip_" + std::to_string(chip);
    if (network.topology == Topology::mesh) {
      chips_.push_back(std::make_unique<MeshModule>(module.c_str(), network, shape.grid, shape.accounts, listener));
    } else {
      chips_.push_back(std::make_unique<ConstantNetworkModule>(module.c_str(), network, shape.accounts, listener));
    }
  }
}

void PackageNetworkModule::send(const Packet& packet) {
  Flow flow{kernel_now(), packet.feed};
  ChipNetworkModule& source = *chips_[packet.from.chip];
  ChipNetworkModule& target = *chips_[packet.to.chip];
  if (packet.from.chip == packet.to.chip) {
    flow = source.travel(packet.from.node, packet.to.node, packet, flow);
  } else {
    flow = source.travel(packet.from.node, shape_.gateway, packet, flow);
    flow = links_.travel(packet.from.chip, packet.to.chip, packet, flow);
    flow = target.travel(shape_.gateway, packet.to.node, packet, flow);
  }
  target.deliver_at(flow.tail(), packet.cookie);
}

Time PackageNetworkModule::unloaded_time(const Packet& packet) const {
  const ChipNetworkModule& source = *chips_[packet.from.chip];
  Flow flow{Time{}, packet.feed};
  if (packet.from.chip == packet.to.chip) {
    return source.unloaded(packet.from.node, packet.to.node, packet, flow).tail();
  }
  flow = source.unloaded(packet.from.node, shape_.gateway, packet, flow);
  flow = links_.unloaded(packet.from.chip, packet.to.chip, packet, flow);
  return chips_[packet.to.chip]->unloaded(shape_.gateway, packet.to.node, packet, flow).tail();
}

Time PackageNetworkModule::busiest_link() const {
  Time busiest = links_.busiest_link();
  for (const auto& chip : chips_) busiest = std::max(busiest, chip->busiest_link());
  return busiest;
}

}  // namespace aimc::interconnect
