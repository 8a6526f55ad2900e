#pragma once
#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "interconnect/sc/chip_link_module.h"
#include "interconnect/sc/chip_network_module.h"

namespace aimc::interconnect {

/// All networks of a package: one on each chip and the links between chips, joined at each chip's gateway node.
class PackageNetworkModule : public sc_core::sc_module {
 public:
  struct Shape {
    std::uint32_t chips = 1;
    Grid grid;             ///< nodes of one chip
    MeshNode gateway = 0;  ///< node of a chip where the links to other chips begin
    std::size_t accounts = 1;
  };
  PackageNetworkModule(const sc_core::sc_module_name& name, const NetworkSpec& network, const ChipLinkSpec& links,
                       const Shape& shape, PacketListener& listener);

  /// Reserves the packet's whole way from now on and tells the listener when its tail has arrived.
  void send(const Packet& packet);
  /// Time from sending to arrival if the networks were empty.
  [[nodiscard]] Time unloaded_time(const Packet& packet) const;

  [[nodiscard]] const ChipNetworkModule& chip(std::uint32_t chip) const { return *chips_[chip]; }
  [[nodiscard]] const ChipLinkModule& links() const { return links_; }
  /// Largest reserved time of one link, on a chip or between chips.
  [[nodiscard]] Time busiest_link() const;

 private:
  const Shape shape_;
  std::vector<std::unique_ptr<ChipNetworkModule>> chips_;
  ChipLinkModule links_;
};

}  // namespace aimc::interconnect
