#pragma once
#include <cstdint>

#include "interconnect/topology/mesh.h"

namespace aimc::interconnect {

/// Where the chips of a package stand: chip c is the c-th place of a snake through the smallest square grid, so that
/// consecutive chips are neighbours. The last row may be incomplete.
class ChipGrid {
 public:
  explicit ChipGrid(std::uint32_t chips) : chips_(chips), mesh_(square_grid(chips)) {}

  [[nodiscard]] std::uint32_t link_count() const { return mesh_.link_count(); }
  [[nodiscard]] std::uint32_t hops(std::uint32_t from, std::uint32_t to) const {
    return mesh_.hops(mesh_.snake(from), mesh_.snake(to));
  }
  /// Calls visit(link, chip the link leaves) along the route: X first; out of an incomplete last row Y first, so that
  /// no packet crosses a place without a chip.
  template <class Visitor>
  void for_each_link(std::uint32_t from, std::uint32_t to, Visitor&& visit) const {
    const MeshNode source = mesh_.snake(from), target = mesh_.snake(to);
    const auto with_chip = [&](MeshLink link, MeshNode node) { visit(link, chip_at(node)); };
    const bool incomplete = chips_ < mesh_.node_count() && mesh_.row_of(source) + 1 == mesh_.height();
    if (incomplete && mesh_.row_of(target) != mesh_.row_of(source)) {
      mesh_.for_each_link_y_first(source, target, with_chip);
    } else {
      mesh_.for_each_link(source, target, with_chip);
    }
  }

 private:
  /// A snake is its own inverse.
  [[nodiscard]] std::uint32_t chip_at(MeshNode node) const { return mesh_.snake(node); }

  std::uint32_t chips_;
  Mesh mesh_;
};

}  // namespace aimc::interconnect
