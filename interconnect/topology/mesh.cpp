#include "interconnect/topology/mesh.h"

#include "base/check/check.h"

namespace aimc::interconnect {
namespace {

std::uint32_t distance(std::uint32_t a, std::uint32_t b) { return a > b ? a - b : b - a; }

}  // namespace

Mesh::Mesh(Grid grid)
    : width_(static_cast<std::uint32_t>(grid.width)), height_(static_cast<std::uint32_t>(grid.height)) {
  AIMC_CHECK(grid.width > 0 && grid.height > 0, "mesh of {} x {}", grid.width, grid.height);
}

MeshNode Mesh::snake(std::uint32_t index) const {
  AIMC_CHECK(index < node_count(), "place {} of a mesh of {}", index, node_count());
  const std::uint32_t y = index / width_, along = index % width_;
  return y * width_ + (y % 2 == 0 ? along : width_ - 1 - along);
}

std::uint32_t Mesh::hops(MeshNode from, MeshNode to) const {
  return distance(from % width_, to % width_) + distance(from / width_, to / width_);
}

}  // namespace aimc::interconnect
