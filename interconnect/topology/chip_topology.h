#pragma once
#include <cstdint>

#include "interconnect/topology/mesh.h"

namespace aimc::interconnect {

/// The direction back.
[[nodiscard]] constexpr Direction opposite(Direction direction) {
  return static_cast<Direction>(static_cast<std::uint8_t>(direction) ^ 1U);
}

/// Which way packets go on one chip: at each node the direction depends on the node and the destination alone, so that
/// the routes from one node form a tree, and so do the routes to one node.
///
/// mesh: X first, then Y. torus: the same, each dimension the shorter way round (east and south when both are equal).
/// ring: the nodes in snake order, closed; "east" is onwards, the shorter way round. constant: no ways.
class ChipTopology {
 public:
  ChipTopology(Topology topology, Grid grid) : topology_(topology), mesh_(grid) {}

  [[nodiscard]] const Mesh& mesh() const { return mesh_; }
  [[nodiscard]] Topology kind() const { return topology_; }
  /// Direction of the next link of the route between two different nodes.
  [[nodiscard]] Direction next(MeshNode from, MeshNode to) const;
  /// Node at the other end of a link that a route uses.
  [[nodiscard]] MeshNode neighbour(MeshNode node, Direction direction) const;
  /// Whether the link closes a circle: from the last node of a row, a column or the ring to the first, or back.
  [[nodiscard]] bool wraps(MeshNode node, Direction direction) const;
  /// Links between two nodes; constant: one between any two.
  [[nodiscard]] std::uint32_t hops(MeshNode from, MeshNode to) const;
  /// Node in the middle of a side of the chip, where the link to the neighbour on that side begins.
  [[nodiscard]] MeshNode gateway(Direction side) const;

 private:
  Topology topology_;
  Mesh mesh_;
};

}  // namespace aimc::interconnect
