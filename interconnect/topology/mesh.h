#pragma once
#include <cstdint>

#include "interconnect/spec/interconnect_spec.h"

namespace aimc::interconnect {

/// A place of a mesh, numbered row by row: y * width + x.
using MeshNode = std::uint32_t;
/// A directed link between neighbours: node * 4 + direction it leaves by.
using MeshLink = std::uint32_t;

enum class Direction : std::uint8_t { east, west, south, north };

/// A rectangular mesh with dimension-ordered (X first, then Y) routes: minimal, deterministic and free of deadlock.
class Mesh {
 public:
  explicit Mesh(Grid grid);

  [[nodiscard]] std::uint32_t node_count() const { return width_ * height_; }
  /// Size of an array indexed by MeshLink; links that would leave the mesh have a number too and are never used.
  [[nodiscard]] std::uint32_t link_count() const { return node_count() * 4; }
  [[nodiscard]] std::uint32_t width() const { return width_; }
  [[nodiscard]] std::uint32_t height() const { return height_; }

  /// The index-th place of a walk that turns at the end of each row (snake), so that consecutive places are neighbours.
  [[nodiscard]] MeshNode snake(std::uint32_t index) const;
  /// Links between two nodes: the Manhattan distance.
  [[nodiscard]] std::uint32_t hops(MeshNode from, MeshNode to) const;

  /// Calls visit(link, node the link leaves) for each link of the XY route, in order.
  template <class Visitor>
  void for_each_link(MeshNode from, MeshNode to, Visitor&& visit) const {
    const MeshNode corner = row_of(from) * width_ + column_of(to);
    along_x(from, corner, visit);
    along_y(corner, to, visit);
  }
  /// The same for the YX route: first along the column.
  template <class Visitor>
  void for_each_link_y_first(MeshNode from, MeshNode to, Visitor&& visit) const {
    const MeshNode corner = row_of(to) * width_ + column_of(from);
    along_y(from, corner, visit);
    along_x(corner, to, visit);
  }
  [[nodiscard]] std::uint32_t column_of(MeshNode node) const { return node % width_; }
  [[nodiscard]] std::uint32_t row_of(MeshNode node) const { return node / width_; }

 private:
  template <class Visitor>
  void along_x(MeshNode node, MeshNode to, Visitor& visit) const {
    for (; node < to; ++node) visit(link(node, Direction::east), node);
    for (; node > to; --node) visit(link(node, Direction::west), node);
  }
  template <class Visitor>
  void along_y(MeshNode node, MeshNode to, Visitor& visit) const {
    for (; node < to; node += width_) visit(link(node, Direction::south), node);
    for (; node > to; node -= width_) visit(link(node, Direction::north), node);
  }
  static MeshLink link(MeshNode node, Direction direction) { return node * 4 + static_cast<MeshLink>(direction); }

  std::uint32_t width_, height_;
};

}  // namespace aimc::interconnect
