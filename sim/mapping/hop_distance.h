#pragma once
#include <cstdint>

#include "interconnect/topology/package_topology.h"
#include "sim/program/floor_plan.h"

namespace aimc::sim {

/// How far apart units are, in hops of the chip's network. A chip-to-chip link counts as many hops as it is slower than
/// a link of the network (at least one).
class HopDistance {
 public:
  HopDistance(const HardwareSpec& hardware, std::uint32_t chips);

  [[nodiscard]] const FloorPlan& plan() const { return plan_; }
  [[nodiscard]] interconnect::NetworkPlace place_of(const UnitAddress& unit) const {
    return {unit.chip, plan_.node_of(unit)};
  }
  [[nodiscard]] std::int64_t hops(interconnect::NetworkPlace from, interconnect::NetworkPlace to) const;
  [[nodiscard]] std::int64_t hops_of_chip_link() const { return chip_link_; }

 private:
  FloorPlan plan_;
  interconnect::PackageTopology topology_;
  std::int64_t chip_link_;
};

}  // namespace aimc::sim
