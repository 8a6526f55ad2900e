#pragma once
#include <cstdint>
#include <string>

#include "interconnect/topology/chip_grid.h"
#include "interconnect/topology/chip_topology.h"

namespace aimc::interconnect {

/// A node of the network of one chip.
struct NetworkPlace {
  std::uint32_t chip = 0;
  MeshNode node = 0;
  auto operator<=>(const NetworkPlace&) const = default;
};

/// Everything a packet passes, numbered through the package: links between nodes, the ports between a node and its
/// units, the ports between a chip's gateways and their chip links, the chip links.
using LinkId = std::uint32_t;

enum class LinkKind : std::uint8_t { hop, injection, ejection, gateway_in, gateway_out, chip_link };

/// What a LinkId stands for. hop: leaves `node` in `direction`; gateways and chip links: at that side of the chip.
struct LinkPlace {
  LinkKind kind = LinkKind::hop;
  std::uint32_t chip = 0;
  MeshNode node = 0;
  Direction direction = Direction::east;
  bool operator==(const LinkPlace&) const = default;
};
/// As in "chip 2 node 17 south" or "chip 0 to its east".
[[nodiscard]] std::string name(const LinkPlace& place);

/// All the links of a package and the routes over them: the chip's network from the source to the gateway of the side
/// where the target's chip lies, the links between chips (whose hubs pass packets on without entering a chip), and the
/// network of the target's chip from its gateway.
class PackageTopology {
 public:
  PackageTopology(Topology topology, Grid grid, std::uint32_t chips)
      : chip_(topology, grid), chips_(chips), stride_(chip_.mesh().node_count() * 6 + 12) {}

  [[nodiscard]] const ChipTopology& chip() const { return chip_; }
  [[nodiscard]] const ChipGrid& chips() const { return chips_; }
  /// Size of an array indexed by LinkId.
  [[nodiscard]] std::size_t link_count() const { return std::size_t{stride_} * chips_.chips(); }
  [[nodiscard]] LinkId link(const LinkPlace& place) const;
  [[nodiscard]] LinkPlace place(LinkId link) const;
  /// Links between nodes and between chips on the way.
  [[nodiscard]] std::uint32_t hops(NetworkPlace from, NetworkPlace to) const;

  /// Calls visit(LinkPlace) for everything on the way, in order, beginning with the injection port of `from` and ending
  /// with the ejection port of `to`. A constant network has only ports.
  template <class Visitor>
  void walk(NetworkPlace from, NetworkPlace to, Visitor&& visit) const {
    visit(LinkPlace{LinkKind::injection, from.chip, from.node, {}});
    std::uint32_t chip = from.chip;
    MeshNode node = from.node;
    if (chip != to.chip) {
      Direction side = chips_.next(chip, to.chip);
      cross(chip, node, chip_.gateway(side), visit);
      visit(LinkPlace{LinkKind::gateway_out, chip, chip_.gateway(side), side});
      for (;; side = chips_.next(chip, to.chip)) {
        visit(LinkPlace{LinkKind::chip_link, chip, 0, side});
        chip = chips_.neighbour(chip, side);
        if (chip == to.chip) break;
      }
      node = chip_.gateway(opposite(side));
      visit(LinkPlace{LinkKind::gateway_in, chip, node, opposite(side)});
    }
    cross(chip, node, to.node, visit);
    visit(LinkPlace{LinkKind::ejection, to.chip, to.node, {}});
  }

 private:
  template <class Visitor>
  void cross(std::uint32_t chip, MeshNode node, MeshNode to, Visitor& visit) const {
    if (chip_.kind() == Topology::constant) return;
    while (node != to) {
      const Direction direction = chip_.next(node, to);
      visit(LinkPlace{LinkKind::hop, chip, node, direction});
      node = chip_.neighbour(node, direction);
    }
  }

  ChipTopology chip_;
  ChipGrid chips_;
  std::uint32_t stride_;  // links of one chip: 4 hops and 2 ports a node; 4 sides with 2 ports and a chip link
};

}  // namespace aimc::interconnect
