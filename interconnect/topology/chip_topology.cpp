#include "interconnect/topology/chip_topology.h"

#include "base/check/check.h"

namespace aimc::interconnect {
namespace {

/// Forwards (true) or backwards along a circle of `count` places; forwards when both are equally far.
bool forwards(std::uint32_t from, std::uint32_t to, std::uint32_t count) {
  return (to + count - from) % count <= count / 2;
}

}  // namespace

Direction ChipTopology::next(MeshNode from, MeshNode to) const {
  AIMC_CHECK(from != to && topology_ != Topology::constant, "no way from node {} to {}", from, to);
  if (topology_ == Topology::ring) {
    return forwards(mesh_.snake(from), mesh_.snake(to), mesh_.node_count()) ? Direction::east : Direction::west;
  }
  const bool circles = topology_ == Topology::torus;
  const std::uint32_t x = mesh_.column_of(from), y = mesh_.row_of(from);
  const std::uint32_t to_x = mesh_.column_of(to), to_y = mesh_.row_of(to);
  if (x != to_x) {
    return (circles ? forwards(x, to_x, mesh_.width()) : x < to_x) ? Direction::east : Direction::west;
  }
  return (circles ? forwards(y, to_y, mesh_.height()) : y < to_y) ? Direction::south : Direction::north;
}

MeshNode ChipTopology::neighbour(MeshNode node, Direction direction) const {
  const std::uint32_t width = mesh_.width(), height = mesh_.height();
  if (topology_ == Topology::ring) {
    const std::uint32_t count = mesh_.node_count(), place = mesh_.snake(node);
    return mesh_.snake((place + (direction == Direction::east ? 1 : count - 1)) % count);
  }
  const std::uint32_t x = mesh_.column_of(node), y = mesh_.row_of(node);
  switch (direction) {
    case Direction::east:
      return y * width + (x + 1) % width;
    case Direction::west:
      return y * width + (x + width - 1) % width;
    case Direction::south:
      return (y + 1) % height * width + x;
    case Direction::north:
      return (y + height - 1) % height * width + x;
  }
  return node;
}

bool ChipTopology::wraps(MeshNode node, Direction direction) const {
  if (topology_ == Topology::ring) {
    return mesh_.snake(node) == (direction == Direction::east ? mesh_.node_count() - 1 : 0);
  }
  switch (direction) {
    case Direction::east:
      return mesh_.column_of(node) + 1 == mesh_.width();
    case Direction::west:
      return mesh_.column_of(node) == 0;
    case Direction::south:
      return mesh_.row_of(node) + 1 == mesh_.height();
    case Direction::north:
      return mesh_.row_of(node) == 0;
  }
  return false;
}

std::uint32_t ChipTopology::hops(MeshNode from, MeshNode to) const {
  if (topology_ == Topology::mesh) return mesh_.hops(from, to);
  if (topology_ == Topology::constant) return from == to ? 0 : 1;
  std::uint32_t count = 0;
  for (; from != to; from = neighbour(from, next(from, to))) ++count;
  return count;
}

MeshNode ChipTopology::gateway(Direction side) const {
  const std::uint32_t width = mesh_.width(), height = mesh_.height();
  switch (side) {
    case Direction::east:
      return height / 2 * width + width - 1;
    case Direction::west:
      return height / 2 * width;
    case Direction::south:
      return (height - 1) * width + width / 2;
    case Direction::north:
      return width / 2;
  }
  return 0;
}

}  // namespace aimc::interconnect
