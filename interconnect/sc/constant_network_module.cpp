#include "interconnect/sc/constant_network_module.h"

namespace aimc::interconnect {

ConstantNetworkModule::ConstantNetworkModule(const sc_core::sc_module_name& name, const NetworkSpec& spec,
                                             std::size_t accounts, PacketListener& listener)
    : ChipNetworkModule(name, spec, accounts, listener), latency_(spec.constant_latency) {}

Flow ConstantNetworkModule::travel(MeshNode from, MeshNode to, const Packet& packet, Flow flow) {
  count(packet, 1);
  return unloaded(from, to, packet, flow);
}

Flow ConstantNetworkModule::unloaded(MeshNode, MeshNode, const Packet&, Flow flow) const {
  return {flow.tail() + latency_, Time{}};
}

}  // namespace aimc::interconnect
