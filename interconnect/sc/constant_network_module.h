#pragma once
#include "interconnect/sc/chip_network_module.h"

namespace aimc::interconnect {

/// Every packet takes the same time whatever its size, way and company, as in IBM's 3D-SiM (hardware.md 2.1: 10 ns an
/// edge). Counts one hop for each flit.
class ConstantNetworkModule : public ChipNetworkModule {
 public:
  ConstantNetworkModule(const sc_core::sc_module_name& name, const NetworkSpec& spec, std::size_t accounts,
                        PacketListener& listener);

  Flow travel(MeshNode from, MeshNode to, const Packet& packet, Flow flow) override;
  [[nodiscard]] Flow unloaded(MeshNode from, MeshNode to, const Packet& packet, Flow flow) const override;
  [[nodiscard]] Time busiest_link() const override { return Time{}; }

 private:
  const Time latency_;
};

}  // namespace aimc::interconnect
