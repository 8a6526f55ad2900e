#include "sim/mapping/curve.h"

#include <cstdlib>

namespace aimc::sim {
namespace {

struct Vector {
  int x = 0, y = 0;
  friend Vector operator+(Vector a, Vector b) { return {a.x + b.x, a.y + b.y}; }
  friend Vector operator-(Vector a, Vector b) { return {a.x - b.x, a.y - b.y}; }
  friend Vector operator-(Vector a) { return {-a.x, -a.y}; }
  [[nodiscard]] int length() const { return std::abs(x + y); }  // one of both is zero
  [[nodiscard]] Vector unit() const { return {(x > 0) - (x < 0), (y > 0) - (y < 0)}; }
  [[nodiscard]] Vector half() const { return {x >> 1, y >> 1}; }  // rounded down, also below zero
};

class Walk {
 public:
  explicit Walk(int width) : width_(width) {}
  std::vector<std::uint32_t> nodes;

  /// The rectangle spanned by `along` and `across` at `corner`, from its corner to the other end of `along`.
  void fill(Vector corner, Vector along, Vector across) {
    const int length = along.length(), height = across.length();
    if (height == 1) return line(corner, along.unit(), length);
    if (length == 1) return line(corner, across.unit(), height);
    Vector half = along.half();
    if (2 * length > 3 * height) {
      if (half.length() % 2 != 0 && length > 2) half = half + along.unit();
      fill(corner, half, across);
      fill(corner + half, along - half, across);
      return;
    }
    Vector up = across.half();
    if (up.length() % 2 != 0 && height > 2) up = up + across.unit();
    fill(corner, up, half);
    fill(corner + up, along, across - up);
    fill(corner + (along - along.unit()) + (up - across.unit()), -up, -(along - half));
  }

 private:
  void line(Vector at, Vector step, int count) {
    for (; count > 0; --count, at = at + step) nodes.push_back(static_cast<std::uint32_t>(at.y * width_ + at.x));
  }
  int width_;
};

}  // namespace

std::vector<std::uint32_t> compact_walk(interconnect::Grid grid) {
  Walk walk(grid.width);
  if (grid.width >= grid.height) {
    walk.fill({}, {grid.width, 0}, {0, grid.height});
  } else {
    walk.fill({}, {0, grid.height}, {grid.width, 0});
  }
  return walk.nodes;
}

}  // namespace aimc::sim
