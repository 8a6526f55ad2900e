#pragma once
#include <cstdint>

#include "interconnect/topology/mesh.h"

namespace aimc::interconnect {

/// Where the chips of a package stand: chip c is the c-th place of a snake through the smallest square grid, so that
/// consecutive chips are neighbours. The last row may be incomplete.
///
/// Routes go X first; out of an incomplete last row they go up first, so that no packet crosses a place without a chip.
/// As on a chip, the way on depends on the chip and the destination alone.
class ChipGrid {
 public:
  explicit ChipGrid(std::uint32_t chips) : chips_(chips), mesh_(square_grid(chips)) {}

  [[nodiscard]] std::uint32_t chips() const { return chips_; }
  /// Pairs of neighbours, each of them joined by a chip link.
  [[nodiscard]] std::uint32_t neighbours() const {
    // Each chip but the first of a row has one before it in the row; each below the first row has one above it.
    return (chips_ - mesh_.height()) + (chips_ > mesh_.width() ? chips_ - mesh_.width() : 0);
  }
  [[nodiscard]] std::uint32_t hops(std::uint32_t from, std::uint32_t to) const {
    return mesh_.hops(mesh_.snake(from), mesh_.snake(to));
  }
  /// Side of a chip by which packets to another chip leave it.
  [[nodiscard]] Direction next(std::uint32_t from, std::uint32_t to) const {
    const MeshNode here = mesh_.snake(from), target = mesh_.snake(to);
    const std::uint32_t row = mesh_.row_of(here), target_row = mesh_.row_of(target);
    const bool incomplete = chips_ < mesh_.node_count() && row + 1 == mesh_.height();
    if (incomplete && target_row != row) return Direction::north;
    const std::uint32_t column = mesh_.column_of(here), target_column = mesh_.column_of(target);
    if (column != target_column) return column < target_column ? Direction::east : Direction::west;
    return row < target_row ? Direction::south : Direction::north;
  }
  /// The chip on that side; there is one where a route leads.
  [[nodiscard]] std::uint32_t neighbour(std::uint32_t chip, Direction side) const {
    const MeshNode here = mesh_.snake(chip);
    switch (side) {
      case Direction::east:
        return mesh_.snake(here + 1);
      case Direction::west:
        return mesh_.snake(here - 1);
      case Direction::south:
        return mesh_.snake(here + mesh_.width());
      case Direction::north:
        break;
    }
    return mesh_.snake(here - mesh_.width());
  }

 private:
  std::uint32_t chips_;
  Mesh mesh_;  // a snake is its own inverse: place of a chip, chip at a place
};

}  // namespace aimc::interconnect
