#pragma once
#include <cstdint>

#include "interconnect/topology/mesh.h"
#include "sim/program/program.h"

namespace aimc::sim {

/// Where the units of a chip stand on its network; all chips are alike.
///
/// The nodes are the smallest square grid that holds the tiles (or, on a chip of few tiles, the other units); tile i is
/// at the i-th place of a snake through the grid, so that neighbours in the mapping are neighbours on the chip. Digital
/// units stand evenly spread along the same snake - unit j of n at place floor((2 j + 1) places / (2 n)) - and so do
/// attention units; they share the node's port with its tile. Gateways to other chips:
/// interconnect/topology/package_topology.h.
class FloorPlan {
 public:
  explicit FloorPlan(const ChipSpec& chip);

  [[nodiscard]] interconnect::Grid grid() const { return grid_; }
  [[nodiscard]] interconnect::MeshNode node_of(const UnitAddress& unit) const;

 private:
  [[nodiscard]] interconnect::MeshNode spread(std::int64_t index, std::int64_t count) const;

  std::int64_t places_, digital_units_, attention_units_;
  interconnect::Grid grid_;
  interconnect::Mesh mesh_;
};

/// Units of that component on one chip: crossbar tiles, digital units, attention units.
[[nodiscard]] std::int64_t units_on_chip(const ChipSpec& chip, Component component);

}  // namespace aimc::sim
